package io.tenure.benchmarks;

import io.tenure.local.platform.LocalIdentities;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tokens of Keycloak, renewed beside the caller's work when they are older than a minute: a load asks for one with every
 * request and must not wait for a password to be checked. They are valid for much longer.
 */
final class TokenCache {

    private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();

    private record Held(String token, long since) {

        boolean isFresh() {
            return System.nanoTime() - since < FRESH_NANOS;
        }
    }

    private final LocalIdentities identities;
    private final Map<String, Held> tokens = new ConcurrentHashMap<>();
    private final Set<String> renewing = ConcurrentHashMap.newKeySet();

    TokenCache(LocalIdentities identities) {
        this.identities = identities;
    }

    String of(String user) {
        var held = tokens.computeIfAbsent(user, this::ask);
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
