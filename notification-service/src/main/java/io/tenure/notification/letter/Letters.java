package io.tenure.notification.letter;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.qute.Variant;
import io.smallrye.mutiny.Uni;
import io.tenure.notification.letter.Letter.Attachment;
import io.tenure.notification.letter.TenantClient.Tenant;
import io.tenure.notification.notice.Notice;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * Writes the letter for a notice, with data that only other services have: the contact, the one-time link, the
 * certificate. None of it is stored.
 */
@ApplicationScoped
public class Letters {

    /** One address, without display name, comments or quoting; stricter than RFC 5321 asks for. */
    private static final Pattern ADDRESS =
            Pattern.compile("[^\\s\\p{Cntrl}<>()\\[\\],;:\\\\\"@]{1,64}@[^\\s\\p{Cntrl}<>()\\[\\],;:\\\\\"@]{1,189}");

    private static final String GUIDANCE = "guidance-networking-vpn-encryption.txt";

    private final TenantClient provisioning;
    private final LinkClient credentials;
    private final CertificateClient certificates;
    private final LetterConfig config;
    private final ObjectMapper mapper;
    private final byte[] guidance;

    Letters(
            @RestClient TenantClient provisioning,
            @RestClient LinkClient credentials,
            @RestClient CertificateClient certificates,
            LetterConfig config,
            ObjectMapper mapper) {
        this.provisioning = provisioning;
        this.credentials = credentials;
        this.certificates = certificates;
        this.config = config;
        this.mapper = mapper;
        try (InputStream text = Letters.class.getResourceAsStream("/guidance/" + GUIDANCE)) {
            this.guidance = text.readAllBytes();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    /**
     * Writes a notice's letter.
     *
     * @param now by the database's clock, on which the letter's promises depend
     * @return fails with {@link UndeliverableException} while something that it needs is unavailable, and with
     *     {@link OvertakenException} if it does not need to be sent any more
     */
    public Uni<Letter> write(Notice notice, Instant now) {
        return provisioning
                .tenant(notice.tenantId())
                .onFailure()
                .transform(failure -> unavailable("contact", failure))
                .flatMap(tenant -> write(notice, addressed(tenant), now));
    }

    private Uni<Letter> write(Notice notice, Tenant tenant, Instant now) {
        Addressee addressee = new Addressee(
                Wording.oneLine(tenant.name()),
                Wording.oneLine(tenant.contact().name()),
                Wording.oneLine(config.provider()),
                Wording.oneLine(config.support()));
        return switch (notice.kind()) {
            case CREDENTIAL_READY -> credentialReady(notice, tenant, addressee);
            case RETENTION_STARTED -> {
                var facts = retention(notice, now);
                yield letter(
                        notice,
                        tenant,
                        addressee.tenant() + ": disabled, "
                                + (facts.over()
                                        ? "the date of the deletion follows"
                                        : "to be deleted on " + Wording.date(notice.deadline())),
                        () -> NoticeTemplates.retentionStarted(addressee, facts),
                        List.of());
            }
            case RETENTION_RESCHEDULED -> {
                var facts = retention(notice, now);
                yield letter(
                        notice,
                        tenant,
                        addressee.tenant() + ": deletion moved to "
                                + (facts.over() ? "a date that follows" : Wording.date(notice.deadline())),
                        () -> NoticeTemplates.retentionRescheduled(addressee, facts),
                        List.of());
            }
            case RETENTION_EXTENDED -> {
                var facts = retention(notice, now);
                yield letter(
                        notice,
                        tenant,
                        addressee.tenant() + ": data kept longer, until "
                                + (facts.over() ? "a date that follows" : Wording.date(notice.deadline())),
                        () -> NoticeTemplates.retentionExtended(addressee, facts),
                        List.of());
            }
            case RETENTION_WARNING -> {
                var facts = retention(notice, now);
                yield letter(
                        notice,
                        tenant,
                        addressee.tenant() + ": "
                                + (facts.over()
                                        ? "not deleted yet, a new date follows"
                                        : facts.left() + " until everything is deleted"),
                        () -> NoticeTemplates.retentionWarning(addressee, facts),
                        List.of());
            }
            case DELETION_CERTIFICATE -> deletionCertificate(notice, tenant, addressee);
        };
    }

    private static NoticeTemplates.Retention retention(Notice notice, Instant now) {
        return new NoticeTemplates.Retention(
                notice.terminationId().toString(),
                Wording.date(notice.deadline(), notice.timeZone()),
                Wording.left(now, notice.deadline()),
                !now.isBefore(notice.deadline()));
    }

    private Uni<Letter> credentialReady(Notice notice, Tenant tenant, Addressee addressee) {
        return credentials
                .link(notice.causeId())
                .onFailure()
                .transform(failure ->
                        isAnswer(failure, 409, 410) ? new OvertakenException() : unavailable("link", failure))
                .flatMap(link -> {
                    var facts = new NoticeTemplates.Credential(
                            Wording.target(notice.target(), notice.targetId()),
                            link.url(),
                            Wording.date(link.expiresAt()),
                            GUIDANCE);
                    return letter(
                            // A newer link voids the older one, so its message must not look like a repetition of the
                            // first.
                            notice.id() + "." + link.linkId(),
                            tenant,
                            addressee.tenant() + ": access to " + facts.target() + " is ready",
                            () -> NoticeTemplates.credentialReady(addressee, facts),
                            List.of(new Attachment(GUIDANCE, "text/plain; charset=utf-8", guidance)));
                });
    }

    private Uni<Letter> deletionCertificate(Notice notice, Tenant tenant, Addressee addressee) {
        return certificates
                .certificate(notice.terminationId())
                .onFailure()
                .transform(failure -> unavailable("certificate", failure))
                .invoke(certificate -> check(certificate, notice.sha256()))
                .flatMap(certificate -> {
                    var facts = new NoticeTemplates.Certificate(
                            notice.terminationId().toString(),
                            "deletion-certificate-" + notice.terminationId() + ".json",
                            notice.sha256());
                    return letter(
                            notice,
                            tenant,
                            addressee.tenant() + ": everything is deleted, certificate attached",
                            () -> NoticeTemplates.deletionCertificate(addressee, facts),
                            List.of(new Attachment(facts.file(), CertificateClient.MEDIA_TYPE, certificate)));
                });
    }

    private Uni<Letter> letter(
            Notice notice,
            Tenant tenant,
            String subject,
            Supplier<TemplateInstance> template,
            List<Attachment> attachments) {
        return letter(notice.id().toString(), tenant, subject, template, attachments);
    }

    private Uni<Letter> letter(
            String id,
            Tenant tenant,
            String subject,
            Supplier<TemplateInstance> template,
            List<Attachment> attachments) {
        return Uni.combine()
                .all()
                .unis(rendered(template, Variant.TEXT_PLAIN), rendered(template, Variant.TEXT_HTML))
                .with((text, html) -> new Letter(id, tenant.contact().email(), subject, text, html, attachments));
    }

    private static Uni<String> rendered(Supplier<TemplateInstance> template, String mediaType) {
        return template.get().setVariant(Variant.forContentType(mediaType)).createUni();
    }

    private static Tenant addressed(Tenant tenant) {
        if (tenant == null || tenant.contact() == null || tenant.contact().email() == null) {
            throw new UndeliverableException("contact unavailable: none on record");
        }
        if (!ADDRESS.matcher(tenant.contact().email()).matches()) {
            throw new UndeliverableException("contact unusable");
        }
        return tenant;
    }

    /** The attachment must be the certificate that the lifecycle service announced. */
    private void check(byte[] certificate, String sha256) {
        String found;
        try {
            byte[] payload = Base64.getUrlDecoder()
                    .decode(mapper.readTree(certificate).path("payload").asText());
            found = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
        } catch (IOException | IllegalArgumentException | NoSuchAlgorithmException unreadable) {
            throw new UndeliverableException("certificate unreadable");
        }
        if (!found.equalsIgnoreCase(sha256)) {
            throw new UndeliverableException("certificate differs from the one announced");
        }
    }

    private static UndeliverableException unavailable(String what, Throwable failure) {
        return new UndeliverableException(
                failure instanceof WebApplicationException answer
                        ? what + " unavailable: HTTP " + answer.getResponse().getStatus()
                        : what + " unavailable: out of reach");
    }

    private static boolean isAnswer(Throwable failure, int... statuses) {
        return failure instanceof WebApplicationException answer
                && Arrays.stream(statuses)
                        .anyMatch(status -> status == answer.getResponse().getStatus());
    }
}
