package io.tenure.kit.sample;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.Event;
import io.tenure.events.ProvisioningFact.TenantContactUpdated;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.kit.inbox.Effect;
import io.tenure.kit.inbox.Inbox;
import io.tenure.kit.problem.Refusal;
import jakarta.inject.Singleton;
import jakarta.ws.rs.ProcessingException;
import java.net.ConnectException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** The consumer of the smallest service that the kit's tests need: one row per TenantCreated. */
@Singleton
public class SampleEvents {

    /** A contact version whose event always fails, like a file that is not there. */
    public static final long FAILS_WITH_IO = -2;

    /** One whose event always fails with what Jackson says. */
    public static final long FAILS_WITH_JSON = -3;

    /** One whose event needs another server, which answers the sixth time. */
    public static final long PEER_IS_AWAY = -4;

    /** One whose event is the victim of deadlocks, five times. */
    public static final long COLLIDES = -5;

    private final Inbox inbox;

    /** How often each event was handed to the handler. */
    public final Map<UUID, Integer> attempts = new ConcurrentHashMap<>();

    SampleEvents(Inbox inbox) {
        this.inbox = inbox;
    }

    @Incoming("provisioning")
    Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return inbox.receive(record, this::effect);
    }

    private Effect effect(Event event) {
        return switch (event.fact()) {
            case TenantCreated created -> () -> handle(event);
            case TenantContactUpdated updated -> () -> handle(event);
            case TenantDisabled disabled -> () -> handle(event);
            default -> Effect.NONE;
        };
    }

    private Uni<Void> handle(Event event) {
        int attempt = attempts.merge(event.id(), 1, Integer::sum);
        return switch (event.fact()) {
            case TenantCreated created -> {
                Sample row = new Sample();
                // A repeated effect would collide with the first.
                row.id = event.id();
                row.tenantId = event.tenantId();
                row.name = "created";
                yield Panache.getSession().flatMap(session -> session.persist(row));
            }
            case TenantContactUpdated fails
            when fails.contactVersion() == FAILS_WITH_IO ->
                Uni.createFrom().failure(new NoSuchFileException("target/is-not-there"));
            case TenantContactUpdated fails
            when fails.contactVersion() == FAILS_WITH_JSON ->
                Uni.createFrom().item(() -> {
                    try {
                        return new ObjectMapper().readValue("{secret", Void.class);
                    } catch (JsonProcessingException notJson) {
                        throw new CompletionException(notJson);
                    }
                });
            case TenantContactUpdated waits
            when waits.contactVersion() == PEER_IS_AWAY ->
                attempt < 6
                        ? Uni.createFrom().failure(new ProcessingException(new ConnectException("refused")))
                        : Uni.createFrom().voidItem();
            case TenantContactUpdated waits
            when waits.contactVersion() == COLLIDES ->
                attempt < 6
                        ? Panache.getSession()
                                .flatMap(session -> session.createNativeQuery("SELECT fail_with('40P01')")
                                        .getSingleResult())
                                .replaceWithVoid()
                        : Uni.createFrom().voidItem();
            case TenantContactUpdated fails
            when attempt < 3 -> Uni.createFrom().failure(new IllegalArgumentException("fails twice; secret"));
            case TenantContactUpdated fails
            when fails.contactVersion() < 0 ->
                Uni.createFrom().failure(new IllegalArgumentException("always fails; secret"));
            case TenantDisabled refused ->
                Uni.createFrom().failure(new Refusal("sample-refused", "refused by the domain"));
            default -> Uni.createFrom().voidItem();
        };
    }
}
