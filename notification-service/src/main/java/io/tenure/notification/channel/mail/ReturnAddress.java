package io.tenure.notification.channel.mail;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The address that messages are returned to, with the token of the message as its detail (RFC 5233):
 * {@code bounces+token@provider.example}.
 */
final class ReturnAddress {

    /** 128 random bits in a form that survives servers that change the case. */
    static final Pattern TOKEN = Pattern.compile("[0-9a-f]{32}");

    private static final Pattern ADDRESS = Pattern.compile("([A-Za-z0-9._-]{1,31})@([A-Za-z0-9.-]{1,189})");

    private final String local;
    private final String domain;
    private final Pattern mentioned;

    /** @throws IllegalArgumentException if it is not a plain address, or leaves no room for the token */
    ReturnAddress(String mailbox) {
        var parts = ADDRESS.matcher(mailbox);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "tenure.mail.bounces.address must be a plain ASCII address whose local part has at most 31 characters");
        }
        this.local = parts.group(1);
        this.domain = parts.group(2);
        this.mentioned = Pattern.compile(
                "(?<![A-Za-z0-9._+-])" + Pattern.quote(local) + "\\+(" + TOKEN + ")@" + Pattern.quote(domain)
                        + "(?![A-Za-z0-9.-])",
                Pattern.CASE_INSENSITIVE);
    }

    String of(String token) {
        return local + "+" + token + "@" + domain;
    }

    /** The token in these header values; empty if there is none, or more than one. */
    Optional<String> tokenIn(Stream<String> values) {
        var tokens = values.flatMap(value -> mentioned.matcher(value).results())
                .map(found -> found.group(1).toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
        return tokens.size() == 1 ? Optional.of(tokens.getFirst()) : Optional.empty();
    }
}
