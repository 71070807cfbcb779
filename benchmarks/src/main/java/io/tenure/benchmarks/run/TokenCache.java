package io.tenure.benchmarks.run;

import io.tenure.local.platform.LocalIdentities;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tokens of Keycloak, renewed beside the caller's work when they are older than a minute: a load asks for one with every
 * request and must not wait for a password to be checked. One that nobody asked for in minutes is no longer valid; then the
 * caller waits.
 */
final class TokenCache {

    private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();

    /** Less than the realm's accessTokenLifespan. */
    private static final long VALID_NANOS = Duration.ofMinutes(4).toNanos();

    private record Held(String token, long since) {

        boolean isFresh() {
            return System.nanoTime() - since < FRESH_NANOS;
        }

        boolean isValid() {
            return System.nanoTime() - since < VALID_NANOS;
        }
    }

    private final LocalIdentities identities;
    private final Map<String, Held> tokens = new ConcurrentHashMap<>();
    private final Set<String> renewing = ConcurrentHashMap.newKeySet();

    TokenCache(LocalIdentities identities) {
        this.identities = identities;
    }

    String of(String user) {
        var held = tokens.get(user);
        if (held == null || !held.isValid()) {
            held = tokens.compute(user, (who, known) -> known != null && known.isValid() ? known : ask(who));
        }
        if (!held.isFresh() && renewing.add(user)) {
            Thread.ofVirtual().start(() -> renew(user));
        }
        return held.token();
    }

    private void renew(String user) {
        try {
            tokens.put(user, ask(user));
        } finally {
            renewing.remove(user);
        }
    }

    private Held ask(String user) {
        boolean person = LocalIdentities.USERS.stream().anyMatch(u -> u.name().equals(user));
        return new Held(person ? identities.token(user) : identities.clientToken(user), System.nanoTime());
    }
}
