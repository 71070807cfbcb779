package io.tenure.kit.idempotency;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.access.Caller;
import io.tenure.kit.problem.Problem;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Makes a command that carries an {@code Idempotency-Key} happen once, however often it is sent: the key is committed with
 * the command's effect, a repeated request gets the resource that the first one made, and one that comes while the first
 * is still under way waits for it. A key belongs to the caller and the operation; it is kept for
 * {@code tenure.idempotency.keep}.
 */
@ApplicationScoped
public class IdempotencyKeys {

    private static final int MAX_LENGTH = 128;
    private static final Pattern FORM = Pattern.compile("[!-~]([ -~]*[!-~])?");

    private final UnitOfWork unitOfWork;
    private final Caller caller;
    private final ObjectMapper mapper;
    private final Clock clock;
    private final Pool pool;
    private final Duration keep;

    IdempotencyKeys(
            UnitOfWork unitOfWork,
            Caller caller,
            ObjectMapper mapper,
            Clock clock,
            Pool pool,
            @ConfigProperty(name = "tenure.idempotency.keep") Duration keep) {
        this.unitOfWork = unitOfWork;
        this.caller = caller;
        this.mapper = mapper;
        this.clock = clock;
        this.pool = pool;
        this.keep = keep;
    }

    /**
     * Runs {@code command} in a unit of work, unless the same request with the same key made its resource before.
     *
     * @param key the header's value, 1 to 128 printable ASCII characters; null if the caller sent none: then the
     *     command simply runs
     * @param operation for example {@code POST /v1/tenants}
     * @param request the request's body, to recognise a key that is reused for something else
     * @param command what to do; gets an id for what it makes, which the key remembers from the start, and returns all
     *     that an answer needs
     * @param resource the id of the resource that came of it: the one that the command got, or another's
     * @throws Problem 400 for a key of another form, 422 for a key that came with another request before
     */
    public <T> Uni<Once<T>> once(
            String key, String operation, Object request, Function<UUID, Uni<T>> command, Function<T, UUID> resource) {
        UUID id = Ids.next();
        if (key == null) {
            return unitOfWork.run(() -> command.apply(id)).map(Once.First::new);
        }
        if (key.length() > MAX_LENGTH || !FORM.matcher(key).matches()) {
            throw Problem.invalid("Idempotency-Key must have 1 to " + MAX_LENGTH + " printable ASCII characters.")
                    .with("parameter", "Idempotency-Key");
        }
        String scope = operation + " " + caller.id();
        String fingerprint = fingerprint(key, request);
        return unitOfWork.run(() -> Panache.getSession().flatMap(session -> claim(session, scope, key, fingerprint, id)
                .flatMap(mine -> mine
                        ? command.apply(id)
                                .call(made -> remember(session, scope, key, id, resource.apply(made)))
                                .<Once<T>>map(Once.First::new)
                        : recall(session, scope, key, fingerprint).map(Once.Repeated::new))));
    }

    /**
     * Demands a key, for a command that must not happen twice however late it is repeated.
     *
     * @return the key
     * @throws Problem 400 if the caller sent none
     */
    public static String mustHave(String key) {
        if (key == null) {
            throw new Problem(
                    400,
                    "idempotency-key-required",
                    "The request has no Idempotency-Key",
                    "Send an Idempotency-Key: an id of your own for this request, and the same one with each repetition.");
        }
        return key;
    }

    private Uni<Boolean> claim(Mutiny.Session session, String scope, String key, String fingerprint, UUID id) {
        // Waits for a concurrent request with the same key to commit or roll back.
        return session.createNativeQuery(
                        "INSERT INTO idempotency_key (scope, key, fingerprint, resource_id, created_at)"
                                + " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING")
                .setParameter(1, scope)
                .setParameter(2, key)
                .setParameter(3, fingerprint)
                .setParameter(4, id)
                .setParameter(5, clock.instant())
                .executeUpdate()
                .map(inserted -> inserted == 1);
    }

    private Uni<Void> remember(Mutiny.Session session, String scope, String key, UUID remembered, UUID made) {
        return made.equals(remembered)
                ? Uni.createFrom().voidItem()
                : session.createNativeQuery("UPDATE idempotency_key SET resource_id = ?1 WHERE scope = ?2 AND key = ?3")
                        .setParameter(1, made)
                        .setParameter(2, scope)
                        .setParameter(3, key)
                        .executeUpdate()
                        .replaceWithVoid();
    }

    private Uni<UUID> recall(Mutiny.Session session, String scope, String key, String fingerprint) {
        return session.createNativeQuery(
                        "SELECT resource_id FROM idempotency_key WHERE scope = ?1 AND key = ?2 AND fingerprint = ?3",
                        UUID.class)
                .setParameter(1, scope)
                .setParameter(2, key)
                .setParameter(3, fingerprint)
                .getSingleResultOrNull()
                .onItem()
                .ifNull()
                .failWith(() -> new Problem(
                        422,
                        "idempotency-key-reused",
                        "The Idempotency-Key belongs to another request",
                        "This key came with a different body before. Use a new key for a new request."));
    }

    private String fingerprint(String key, Object request) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(mapper.writeValueAsBytes(request)));
        } catch (JsonProcessingException | NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("A request cannot be fingerprinted", impossible);
        }
    }

    @Scheduled(every = "1h", delayed = "10m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> forget() {
        return pool.preparedQuery("DELETE FROM idempotency_key WHERE created_at < $1")
                .execute(Tuple.of(clock.instant().minus(keep).atOffset(ZoneOffset.UTC)))
                .replaceWithVoid();
    }
}
