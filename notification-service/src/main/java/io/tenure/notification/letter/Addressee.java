package io.tenure.notification.letter;

/**
 * The recipient and the sender of a letter. All values are one line.
 *
 * @param tenant the tenant's name
 * @param name the administrator's name
 * @param provider the sender's name
 * @param support whom the customer may ask
 */
record Addressee(String tenant, String name, String provider, String support) {

    /** Without personal data. */
    @Override
    public String toString() {
        return "Addressee";
    }
}
