package io.tenure.credential.identity;

import io.quarkus.test.Mock;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.temporary.Secret;
import io.tenure.kit.Ids;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The contract of {@link TenantIdentities} in memory, with faults and delays on demand. */
@Mock
@ApplicationScoped
public class InMemoryIdentities implements TenantIdentities {

    /** A user as the provider would keep it. */
    public static final class User {
        public final String id = Ids.next().toString();
        public final UUID tenantId;
        public final String username;
        public volatile String password;
        public volatile boolean enabled;
        public volatile Standing standing;
        /** When the standing was last changed, by this machine's clock, which is also the database's. */
        public volatile Instant reducedAt;

        User(UUID tenantId, String username, String password, boolean enabled) {
            this.tenantId = tenantId;
            this.username = username;
            this.password = password;
            this.enabled = enabled;
        }
    }

    private final Map<String, User> users = new ConcurrentHashMap<>();
    private final Map<UUID, Integer> faults = new ConcurrentHashMap<>();
    private final Map<UUID, Integer> failures = new ConcurrentHashMap<>();
    private final Map<UUID, CompletableFuture<Void>> answers = new ConcurrentHashMap<>();

    /** Makes the next calls about a tenant fail as if the provider were down. */
    public void failNext(UUID tenantId, int calls) {
        faults.put(tenantId, calls);
    }

    /** How many calls about a tenant failed. */
    public int failures(UUID tenantId) {
        return failures.getOrDefault(tenantId, 0);
    }

    /** Carries out a tenant's creation but holds back the answer until the future completes. */
    public void holdAnswer(UUID tenantId, CompletableFuture<Void> until) {
        answers.put(tenantId, until);
    }

    /** Adds somebody whom the service did not create. */
    public User add(UUID tenantId, String username, boolean enabled) {
        User user = new User(tenantId, username, "", enabled);
        users.put(user.id, user);
        return user;
    }

    public List<User> usersOf(UUID tenantId) {
        return users.values().stream()
                .filter(user -> user.tenantId.equals(tenantId))
                .toList();
    }

    @Override
    public Uni<String> establish(UUID tenantId, String username, Secret password, Standing standing) {
        return call(tenantId, () -> {
                    User user = users.values().stream()
                            .filter(known -> known.username.equals(username))
                            .findFirst()
                            .orElseGet(() -> add(tenantId, username, true));
                    user.password = password.expose();
                    user.standing = standing;
                    return user.id;
                })
                .call(id -> Uni.createFrom()
                        .completionStage(answers.getOrDefault(tenantId, CompletableFuture.completedFuture(null))));
    }

    @Override
    public Uni<List<Identity>> of(UUID tenantId) {
        return call(tenantId, () -> usersOf(tenantId).stream()
                .map(user -> new Identity(user.id, user.username, user.enabled))
                .toList());
    }

    @Override
    public Uni<Boolean> become(String identityId, Standing standing) {
        User user = users.get(identityId);
        return user == null
                ? Uni.createFrom().item(false)
                : call(user.tenantId, () -> {
                    user.standing = standing;
                    user.reducedAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
                    return true;
                });
    }

    @Override
    public Uni<Void> disable(String identityId) {
        return setEnabled(identityId, false).replaceWithVoid();
    }

    @Override
    public Uni<Boolean> enable(String identityId) {
        return setEnabled(identityId, true);
    }

    private Uni<Boolean> setEnabled(String identityId, boolean enabled) {
        User user = users.get(identityId);
        return user == null
                ? Uni.createFrom().item(false)
                : call(user.tenantId, () -> {
                    user.enabled = enabled;
                    return true;
                });
    }

    @Override
    public Uni<Void> delete(String identityId) {
        User user = users.get(identityId);
        return user == null
                ? Uni.createFrom().voidItem()
                : call(user.tenantId, () -> users.remove(identityId)).replaceWithVoid();
    }

    private <T> Uni<T> call(UUID tenantId, Supplier<T> effect) {
        return Uni.createFrom().deferred(() -> {
            int left = faults.getOrDefault(tenantId, 0);
            if (left > 0) {
                faults.put(tenantId, left - 1);
                failures.merge(tenantId, 1, Integer::sum);
                return Uni.createFrom().failure(new IOException("the provider is away"));
            }
            return Uni.createFrom().item(effect.get());
        });
    }
}
