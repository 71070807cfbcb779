package io.tenure.credential.reveal;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.credential.Credential;
import io.tenure.credential.credential.Credentials;
import io.tenure.credential.credential.Secret;
import io.tenure.events.CredentialFact.CredentialHandedOver;
import io.tenure.events.CredentialFact.CredentialReplayAttempted;
import io.tenure.events.CredentialFact.RefusalReason;
import io.tenure.events.CredentialFact.RevealLinkCreated;
import io.tenure.events.CredentialFact.Target;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.access.AdministrativeActions;
import io.tenure.kit.encryption.TenantKeys;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.LockMode;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * One-time links: made, redeemed once, refused for ever after (rows P1.2b and P5.4). Every path locks the credential before it
 * touches its links, so that they cannot deadlock.
 */
@ApplicationScoped
public class RevealLinks {

    private static final String REDEEM = """
            UPDATE reveal_link SET consumed_at = ?2
            WHERE token_hash = ?1 AND consumed_at IS NULL AND expires_at > ?2
              AND superseded_at IS NULL AND revoked_at IS NULL""";
    private static final String SUPERSEDE = """
            UPDATE reveal_link SET superseded_at = ?2
            WHERE credential_id = ?1 AND consumed_at IS NULL AND superseded_at IS NULL AND revoked_at IS NULL""";
    private static final String REVOKE_ALL = """
            UPDATE reveal_link SET revoked_at = ?2
            WHERE credential_id IN (SELECT id FROM credential WHERE tenant_id = ?1)
              AND consumed_at IS NULL AND superseded_at IS NULL AND revoked_at IS NULL""";
    private static final String COUNT_REFUSAL =
            "UPDATE reveal_link SET refusals = refusals + 1 WHERE id = ?1 AND refusals < ?2";

    private final Credentials credentials;
    private final TenantKeys keys;
    private final UnitOfWork unitOfWork;
    private final Outbox outbox;
    private final AdministrativeActions actions;
    private final Clock clock;
    private final Duration validFor;
    private final int recordedRefusals;

    RevealLinks(
            Credentials credentials,
            TenantKeys keys,
            UnitOfWork unitOfWork,
            Outbox outbox,
            AdministrativeActions actions,
            Clock clock,
            @ConfigProperty(name = "tenure.reveal.link-valid-for") Duration validFor,
            @ConfigProperty(name = "tenure.reveal.recorded-refusals") int recordedRefusals) {
        this.credentials = credentials;
        this.keys = keys;
        this.unitOfWork = unitOfWork;
        this.outbox = outbox;
        this.actions = actions;
        this.clock = clock;
        this.validFor = validFor;
        this.recordedRefusals = recordedRefusals;
    }

    /** A link that was just made; the only moment at which its token is known. */
    record NewLink(UUID id, LinkToken token, Instant expiresAt) {}

    /** What comes of using a link. */
    sealed interface Redemption {
        /** The one time. */
        record Shown(String username, Secret secret, Target target, UUID targetId) implements Redemption {}

        record Refused(RefusalReason reason) implements Redemption {}

        record Unknown() implements Redemption {}
    }

    /**
     * Makes a link and voids all older ones of the credential.
     *
     * @throws Problem 404 if there is no such credential; 409 if it can no longer be shown
     */
    Uni<NewLink> create(UUID credentialId) {
        Instant now = clock.instant();
        return unitOfWork.run(() -> credentials.lock(credentialId).flatMap(credential -> {
            mustBeShowable(credential, now);
            Instant end = now.plus(validFor);
            Instant expiresAt = end.isBefore(credential.expiresAt()) ? end : credential.expiresAt();
            NewLink made = new NewLink(Ids.next(), LinkToken.random(), expiresAt);
            RevealLink link =
                    new RevealLink(made.id(), credentialId, credential.tenantId(), made.token(), now, expiresAt);
            String path = Credential.path(credentialId) + "/links/" + made.id();
            return Panache.getSession()
                    .flatMap(session -> session.createNativeQuery(SUPERSEDE)
                            .setParameter(1, credentialId)
                            .setParameter(2, now)
                            .executeUpdate()
                            .chain(() -> session.persist(link)))
                    .chain(() -> outbox.append(
                            credential.tenantId(),
                            Credential.path(credentialId),
                            null,
                            new RevealLinkCreated(credentialId, made.id(), expiresAt)))
                    .chain(() -> actions.record(credential.tenantId(), "credential.link", path, null))
                    .replaceWith(made);
        }));
    }

    private static void mustBeShowable(Credential credential, Instant now) {
        if (credential == null) {
            throw Problem.notFound("credential");
        }
        switch (credential.status(now)) {
            case ISSUED -> {}
            case HANDED_OVER ->
                throw Problem.conflict(
                        "credential-already-revealed",
                        "It was shown once, and is shown no more. Its owner has changed it since.");
            case EXPIRED ->
                throw Problem.conflict("credential-expired", "Nobody asked for it in time. Ask your provider.");
            case REVOKED, DESTROYED -> throw Problem.conflict("credential-revoked", "It is void. Ask your provider.");
        }
    }

    /** A link with its credential, of which only the latter is locked: what the link says may be old by then. */
    private record Found(RevealLink link, Credential credential) {}

    /** Uses a link. The first use shows the secret and erases it; every other one is refused and told of. */
    Uni<Redemption> redeem(LinkToken token) {
        Instant now = clock.instant();
        byte[] hash = token.hash();
        return unitOfWork.run(() -> Panache.getSession().flatMap(session -> find(session, hash)
                .flatMap(found -> found == null
                        ? Uni.createFrom().<Redemption>item(new Redemption.Unknown())
                        : session.createNativeQuery(REDEEM)
                                .setParameter(1, hash)
                                .setParameter(2, now)
                                .executeUpdate()
                                .flatMap(used -> used == 1
                                        ? show(found.link.id, found.credential, now)
                                        : refuse(session, found.link, now)))));
    }

    private static Uni<Found> find(Mutiny.Session session, byte[] hash) {
        return session.createSelectionQuery(
                        "select l, c from RevealLink l join Credential c on c.id = l.credentialId where l.tokenHash = ?1",
                        Found.class)
                .setParameter(1, hash)
                .setLockMode("c", LockMode.PESSIMISTIC_WRITE)
                .getSingleResultOrNull();
    }

    private Uni<Redemption> show(UUID linkId, Credential credential, Instant now) {
        return keys.decrypt(credential.tenantId(), Credential.purpose(credential.id()), credential.ciphertext())
                .invoke(plaintext -> credential.handOver(now))
                .call(plaintext -> outbox.append(
                        credential.tenantId(),
                        Credential.path(credential.id()),
                        null,
                        new CredentialHandedOver(credential.id(), linkId)))
                .map(plaintext -> new Redemption.Shown(
                        credential.username(), Secret.of(plaintext), credential.target(), credential.targetId()));
    }

    private Uni<Redemption> refuse(Mutiny.Session session, RevealLink link, Instant now) {
        return session.refresh(link).chain(() -> {
            RefusalReason reason = link.refusal(now).orElseThrow();
            return session.createNativeQuery(COUNT_REFUSAL)
                    .setParameter(1, link.id)
                    .setParameter(2, recordedRefusals)
                    .executeUpdate()
                    .flatMap(counted -> counted == 0
                            ? Uni.createFrom().nullItem()
                            : outbox.append(
                                    link.tenantId,
                                    Credential.path(link.credentialId),
                                    null,
                                    new CredentialReplayAttempted(link.credentialId, link.id, reason)))
                    .replaceWith(new Redemption.Refused(reason));
        });
    }

    /** Voids all links of a tenant, in the caller's transaction; the caller holds the credentials' locks. */
    public Uni<Void> revokeAll(UUID tenantId, Instant now) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(REVOKE_ALL)
                        .setParameter(1, tenantId)
                        .setParameter(2, now)
                        .executeUpdate())
                .replaceWithVoid();
    }
}
