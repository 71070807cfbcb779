package io.tenure.notification.letter;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;

/** The texts in {@code templates/notice}, each as plain text and as HTML. The build checks every expression in them. */
@CheckedTemplate(basePath = "notice", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
final class NoticeTemplates {

    /**
     * @param target what it gives access to, for example {@code the virtual machine 0198…}
     * @param link the one-time link
     * @param expiresAt until when the link works
     * @param guidance name of the attached guidance (matrix row P7.4)
     */
    record Credential(String target, String link, String expiresAt, String guidance) {
        @Override
        public String toString() {
            return "Credential";
        }
    }

    /**
     * @param endsAt in UTC and in the tenant's time zone
     * @param left the time until {@code endsAt}, for example {@code 14 days}
     * @param over whether {@code endsAt} has passed, because the letter could not be sent earlier; then nothing is
     *     deleted before a new date is announced
     */
    record Retention(String termination, String endsAt, String left, boolean over) {}

    /** @param file name of the attachment @param sha256 hash of the certificate's payload, hexadecimal */
    record Certificate(String termination, String file, String sha256) {}

    private NoticeTemplates() {}

    static native TemplateInstance credentialReady(Addressee to, Credential credential);

    static native TemplateInstance retentionStarted(Addressee to, Retention retention);

    static native TemplateInstance retentionRescheduled(Addressee to, Retention retention);

    static native TemplateInstance retentionExtended(Addressee to, Retention retention);

    static native TemplateInstance retentionWarning(Addressee to, Retention retention);

    static native TemplateInstance deletionCertificate(Addressee to, Certificate certificate);
}
