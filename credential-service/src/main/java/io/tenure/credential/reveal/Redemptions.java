package io.tenure.credential.reveal;

import io.smallrye.mutiny.Uni;
import io.tenure.credential.temporary.Credential;
import io.tenure.credential.temporary.Credentials;
import io.tenure.credential.temporary.Secret;
import io.tenure.events.CredentialFact;
import io.tenure.events.CredentialFact.CredentialHandedOver;
import io.tenure.events.CredentialFact.CredentialReplayAttempted;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.encryption.TenantKeys;
import io.tenure.kit.outbox.Outbox;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Redeems one-time links: once, then never again (rows P1.2b and P5.4). Each use is a transaction of plain SQL with two
 * round trips to the database, so a link costs little more than the statement that uses it up.
 */
@ApplicationScoped
class Redemptions {

    /** Waits for any other transaction that uses or revokes the credential. */
    private static final String LOCK = """
            SELECT credential.*, tenant_key.wrapped
            FROM reveal_link link JOIN credential ON credential.id = link.credential_id
                LEFT JOIN tenant_key ON tenant_key.tenant_id = credential.tenant_id
            WHERE link.token_hash = $1 FOR NO KEY UPDATE OF credential""";

    private static final String REDEEM = """
            UPDATE reveal_link SET consumed_at = $2
            WHERE token_hash = $1 AND consumed_at IS NULL AND expires_at > $2
              AND superseded_at IS NULL AND revoked_at IS NULL
            RETURNING id""";
    private static final String READ = """
            SELECT id, credential_id, tenant_id, expires_at, consumed_at, superseded_at, revoked_at
            FROM reveal_link WHERE token_hash = $1""";
    private static final String COUNT_REFUSAL =
            "UPDATE reveal_link SET refusals = refusals + 1 WHERE id = $1 AND refusals < $2";

    private final Credentials credentials;
    private final TenantKeys keys;
    private final UnitOfWork unitOfWork;
    private final Outbox outbox;
    private final Clock clock;
    private final int recordedRefusals;

    Redemptions(
            Credentials credentials,
            TenantKeys keys,
            UnitOfWork unitOfWork,
            Outbox outbox,
            Clock clock,
            @ConfigProperty(name = "tenure.reveal.recorded-refusals") int recordedRefusals) {
        this.credentials = credentials;
        this.keys = keys;
        this.unitOfWork = unitOfWork;
        this.outbox = outbox;
        this.clock = clock;
        this.recordedRefusals = recordedRefusals;
    }

    /** Uses a link. The first use shows the secret and erases it; every other use is refused and published. */
    Uni<Redemption> redeem(LinkToken token) {
        Instant now = clock.instant();
        Buffer hash = Buffer.buffer(token.hash());
        // Sent together. The second runs once the first has the lock, and decides whether this use is the first.
        return unitOfWork.runSql(connection -> Uni.combine()
                .all()
                .unis(
                        connection.preparedQuery(LOCK).execute(Tuple.of(hash)),
                        connection.preparedQuery(REDEEM).execute(Tuple.of(hash, now.atOffset(ZoneOffset.UTC))))
                .asTuple()
                .flatMap(answers -> {
                    RowSet<Row> found = answers.getItem1();
                    RowSet<Row> used = answers.getItem2();
                    if (found.rowCount() == 0) {
                        return Uni.createFrom().item(new Redemption.Unknown());
                    }
                    return used.rowCount() == 1
                            ? show(
                                    connection,
                                    used.iterator().next().getUUID("id"),
                                    found.iterator().next(),
                                    now)
                            : refuse(connection, hash, now);
                }));
    }

    private Uni<Redemption> show(SqlConnection connection, UUID linkId, Row found, Instant now) {
        Credential credential = Credentials.of(found);
        Secret secret = Secret.of(keys.decrypt(
                credential.tenantId(),
                found.getValue("wrapped") == null
                        ? null
                        : found.getBuffer("wrapped").getBytes(),
                Credential.purpose(credential.id()),
                credential.ciphertext()));
        CredentialHandedOver fact = credential.handOver(linkId, now);
        return Uni.join()
                .all(
                        credentials.storeHandOver(connection, credential),
                        tell(connection, credential.tenantId(), credential.id(), fact))
                .andFailFast()
                .replaceWith(new Redemption.Shown(
                        credential.username(), secret, credential.target(), credential.targetId()));
    }

    private Uni<Redemption> refuse(SqlConnection connection, Buffer hash, Instant now) {
        return connection.preparedQuery(READ).execute(Tuple.of(hash)).flatMap(rows -> {
            RevealLink link = link(rows.iterator().next());
            CredentialReplayAttempted fact = link.refusal(now).orElseThrow();
            return connection
                    .preparedQuery(COUNT_REFUSAL)
                    .execute(Tuple.of(link.id, recordedRefusals))
                    .flatMap(counted -> counted.rowCount() == 0
                            ? Uni.createFrom().voidItem()
                            : tell(connection, link.tenantId, link.credentialId, fact))
                    .replaceWith(new Redemption.Refused(fact.reason()));
        });
    }

    private Uni<Void> tell(SqlConnection connection, UUID tenantId, UUID credentialId, CredentialFact fact) {
        return outbox.record(connection, List.of(outbox.encode(tenantId, Credential.path(credentialId), null, fact)));
    }

    private static RevealLink link(Row row) {
        RevealLink link = new RevealLink();
        link.id = row.getUUID("id");
        link.credentialId = row.getUUID("credential_id");
        link.tenantId = row.getUUID("tenant_id");
        link.expiresAt = instant(row, "expires_at");
        link.consumedAt = instant(row, "consumed_at");
        link.supersededAt = instant(row, "superseded_at");
        link.revokedAt = instant(row, "revoked_at");
        return link;
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column) == null
                ? null
                : row.getOffsetDateTime(column).toInstant();
    }
}
