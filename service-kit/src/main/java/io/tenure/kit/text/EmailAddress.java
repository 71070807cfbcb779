package io.tenure.kit.text;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * An e-mail address that can be delivered to: a dot-atom of RFC 5321 and RFC 6531 before the @, and a domain name with
 * at least one dot behind it. Quoted local parts and addresses of hosts by number are refused.
 *
 * @param local what stands before the @
 * @param domain as it was written, in letters of any script or as A-labels
 */
public record EmailAddress(String local, String domain) {

    /** RFC 5321, 4.5.3.1: octets. */
    private static final int MAX_LOCAL = 64;

    private static final int MAX = 254;
    private static final int MAX_DOMAIN = 253;

    /** RFC 5322 atext, and whatever is not ASCII (RFC 6531, 3.3). */
    private static final Pattern DOT_ATOM = Pattern.compile(
            "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\x{80}-\\x{10ffff}-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\x{80}-\\x{10ffff}-]+)*");

    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    /** IDNA 2003, which Java speaks, would turn these into other letters, and so into somebody else's domain. */
    private static final Pattern DEVIATION = Pattern.compile("[ßẞς]");

    /**
     * @throws IllegalArgumentException if nothing could be delivered; the message says why, and does not quote the
     *     address
     */
    public static EmailAddress parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException("must be an e-mail address");
        }
        EmailAddress address = new EmailAddress(text.substring(0, at), text.substring(at + 1));
        if (!DOT_ATOM.matcher(address.local).matches()
                || address.local.codePoints().anyMatch(Character::isSpaceChar)) {
            throw new IllegalArgumentException(
                    "must have letters, digits, single dots and signs without quotes before the @");
        }
        if (address.local.getBytes(StandardCharsets.UTF_8).length > MAX_LOCAL) {
            throw new IllegalArgumentException("must have at most " + MAX_LOCAL + " bytes before the @");
        }
        if (address.toAscii().getBytes(StandardCharsets.UTF_8).length > MAX) {
            throw new IllegalArgumentException("must have at most " + MAX + " bytes");
        }
        return address;
    }

    /** Whether it can be written into SMTP only where the server offers SMTPUTF8 (RFC 6531). */
    public boolean needsSmtpUtf8() {
        return !StandardCharsets.US_ASCII.newEncoder().canEncode(local);
    }

    /** The address with its domain in A-labels (RFC 5891), as it is written into SMTP. */
    public String toAscii() {
        return local + "@" + asciiDomain();
    }

    private String asciiDomain() {
        if (DEVIATION.matcher(domain).find()) {
            throw new IllegalArgumentException("must have a domain with ß or ς as its A-label (xn--...)");
        }
        String ascii;
        try {
            ascii = IDN.toASCII(domain, IDN.USE_STD3_ASCII_RULES);
        } catch (IllegalArgumentException noDomain) {
            throw new IllegalArgumentException("must have a domain name behind the @");
        }
        String[] labels = ascii.split("\\.", -1);
        if (labels.length < 2 || ascii.length() > MAX_DOMAIN) {
            throw new IllegalArgumentException("must have a full domain name behind the @, such as customer.example");
        }
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                throw new IllegalArgumentException("must have a domain name behind the @");
            }
        }
        if (NUMBER.matcher(labels[labels.length - 1]).matches()) {
            throw new IllegalArgumentException("must have a domain name behind the @, not a number");
        }
        return ascii;
    }

    /** Nothing, so that it appears in no log. */
    @Override
    public String toString() {
        return "EmailAddress";
    }
}
