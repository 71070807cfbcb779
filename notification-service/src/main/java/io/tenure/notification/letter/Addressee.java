package io.tenure.notification.letter;

/**
 * Who reads a letter and who writes it. All values are one line.
 *
 * @param tenant the tenant's name
 * @param name the administrator's name
 * @param provider who writes
 * @param support whom to ask
 */
record Addressee(String tenant, String name, String provider, String support) {

    /** Shows nothing of the person. */
    @Override
    public String toString() {
        return "Addressee";
    }
}
