package io.tenure.credential.reveal;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.temporary.Credential;
import io.tenure.credential.temporary.Credentials;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Creates one-time links and voids them with their credential (rows P1.2b and P5.4); {@link Redemptions} redeems them.
 * Every path locks the credential before it touches its links, so that they cannot deadlock.
 */
@ApplicationScoped
public class RevealLinks {

    private static final String SUPERSEDE = """
            UPDATE reveal_link SET superseded_at = ?2
            WHERE credential_id = ?1 AND consumed_at IS NULL AND superseded_at IS NULL AND revoked_at IS NULL""";
    private static final String REVOKE_ALL = """
            UPDATE reveal_link SET revoked_at = ?2
            WHERE credential_id IN (SELECT id FROM credential WHERE tenant_id = ?1)
              AND consumed_at IS NULL AND superseded_at IS NULL AND revoked_at IS NULL""";
    private static final String REVOKE = """
            UPDATE reveal_link SET revoked_at = ?2
            WHERE credential_id = ?1 AND consumed_at IS NULL AND superseded_at IS NULL AND revoked_at IS NULL""";

    private final Credentials credentials;
    private final UnitOfWork unitOfWork;
    private final Outbox outbox;
    private final AdministrativeActions actions;
    private final Clock clock;
    private final Duration validFor;

    RevealLinks(
            Credentials credentials,
            UnitOfWork unitOfWork,
            Outbox outbox,
            AdministrativeActions actions,
            Clock clock,
            @ConfigProperty(name = "tenure.reveal.link-valid-for") Duration validFor) {
        this.credentials = credentials;
        this.unitOfWork = unitOfWork;
        this.outbox = outbox;
        this.actions = actions;
        this.clock = clock;
        this.validFor = validFor;
    }

    /** A link that was just created; its token is known only now. */
    record NewLink(UUID id, LinkToken token, Instant expiresAt) {}

    /**
     * Creates a link and voids all older ones of the credential.
     *
     * @return a Uni that fails with {@link Problem} 404 if there is no such credential, and with a
     *     {@link io.tenure.kit.problem.Refusal} if it can no longer be shown
     */
    Uni<NewLink> create(UUID credentialId) {
        Instant now = clock.instant();
        return unitOfWork.run(() -> credentials.lock(credentialId).flatMap(credential -> {
            if (credential == null) {
                throw Problem.notFound("credential");
            }
            credential.mustBeShowable(now);
            Instant end = now.plus(validFor);
            Instant expiresAt = end.isBefore(credential.expiresAt()) ? end : credential.expiresAt();
            NewLink made = new NewLink(Ids.next(), LinkToken.random(), expiresAt);
            RevealLink link = new RevealLink(
                    made.id(), credentialId, credential.tenantId(), made.token().hash(), now, expiresAt);
            String path = Credential.path(credentialId) + "/links/" + made.id();
            return Panache.getSession()
                    .flatMap(session -> session.createNativeQuery(SUPERSEDE)
                            .setParameter(1, credentialId)
                            .setParameter(2, now)
                            .executeUpdate()
                            .chain(() -> session.persist(link)))
                    .chain(() ->
                            outbox.append(credential.tenantId(), Credential.path(credentialId), null, link.created()))
                    .chain(() -> actions.record(credential.tenantId(), "credential.link", path, null))
                    .replaceWith(made);
        }));
    }

    /** Voids the links of a credential, in the caller's transaction; the caller holds the credential's lock. */
    public Uni<Void> revoke(UUID credentialId, Instant now) {
        return revoke(REVOKE, credentialId, now);
    }

    /** Voids all links of a tenant, in the caller's transaction; the caller holds the credentials' locks. */
    public Uni<Void> revokeAll(UUID tenantId, Instant now) {
        return revoke(REVOKE_ALL, tenantId, now);
    }

    private static Uni<Void> revoke(String statement, UUID whose, Instant now) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(statement)
                        .setParameter(1, whose)
                        .setParameter(2, now)
                        .executeUpdate())
                .replaceWithVoid();
    }
}
