package io.tenure.kit.access;

import java.time.Instant;
import java.util.Set;

/**
 * What is known about the tokens of a tenant's people.
 *
 * <p>Two clocks meet here: a token's {@code iat} is the identity provider's and has whole seconds, rounded down;
 * {@code notBefore} is that of the credential service's database and has microseconds. They are assumed to differ by
 * less than a token lives (minutes). A token of the very second in which the tenant was restricted counts as older,
 * whether it was issued before or after that instant, and so do those that a clock that is behind issues a little
 * later: whoever got one logs in once more. A clock that is ahead makes old tokens look new; while the tenant is
 * restricted these are still refused, by the role that nobody of the tenant holds any more.
 *
 * @param notBefore before which no token counts; null if the tenant was never restricted
 * @param restricted whether it is restricted now
 */
record Restriction(Instant notBefore, boolean restricted) {

    /**
     * Whether a token counts.
     *
     * @param issuedAt its {@code iat}; null if it does not say
     * @param roles those that it gives
     */
    boolean allows(Instant issuedAt, Set<String> roles) {
        if (restricted && roles.contains(Roles.TENANT_ADMIN)) {
            return false;
        }
        return notBefore == null || issuedAt != null && !issuedAt.isBefore(notBefore);
    }
}
