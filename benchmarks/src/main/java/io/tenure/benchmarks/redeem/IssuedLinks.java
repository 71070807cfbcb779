package io.tenure.benchmarks.redeem;

import io.tenure.benchmarks.peer.Replay;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.PGConnection;

/**
 * Credentials that wait to be shown, each encrypted with its tenant's key and with a link that is good for a day: put
 * into a database set-based, and handed out one by one. Safe for use by several threads, except while more are made.
 */
final class IssuedLinks {

    /** A link as its holder has it, and as the database has it. */
    record Link(String token, byte[] hash) {}

    private static final int CREDENTIALS_A_TENANT = 8;
    private static final int TOKEN_BYTES = 32;
    private static final String SECRET = "BCDFGH-23456K-mnpqrs-tvwxyz";

    private final Connection owner;
    private final Envelope envelope;
    private final SecureRandom random = new SecureRandom();
    private final List<Link> links = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    /** @param owner of a database with the tables of the credential service; stays the caller's */
    IssuedLinks(Connection owner, Envelope envelope) {
        this.owner = owner;
        this.envelope = envelope;
    }

    /** One that nobody has used. */
    Link take() {
        int mine = next.getAndIncrement();
        if (mine >= links.size()) {
            throw new IllegalStateException("all " + links.size() + " links are used up: too few were made");
        }
        return links.get(mine);
    }

    /** Makes so many more that at least this many are left, and brings the database in order after it. */
    void ensure(int left) throws SQLException, IOException, GeneralSecurityException {
        int missing = left - (links.size() - Math.min(next.get(), links.size()));
        if (missing <= 0) {
            return;
        }
        var rows = new Rows();
        for (int i = 0; i < missing; i += CREDENTIALS_A_TENANT) {
            addTenant(rows);
        }
        rows.copy();
    }

    private void addTenant(Rows rows) throws GeneralSecurityException {
        var key = envelope.newKey(Replay.uuidV7());
        var tenant = key.tenantId();
        rows.access.append(tenant).append("\tOPEN\n");
        rows.keys.append(tenant).append("\t\\\\x").append(hex(key.wrapped())).append("\t2026-01-01 00:00Z\n");
        for (int i = 0; i < CREDENTIALS_A_TENANT; i++) {
            var id = Replay.uuidV7();
            var ciphertext = key.encrypt("credential/" + id, SECRET);
            var link = newLink();
            links.add(link);
            rows.credentials.append("%s\t%s\tVM\t%s\tvmadmin\t\\\\x%s\tISSUED\t%s\t%s\n"
                    .formatted(id, tenant, UUID.randomUUID(), hex(ciphertext), rows.now, rows.weekAhead));
            rows.links.append("%s\t%s\t%s\t\\\\x%s\t%s\t%s\n"
                    .formatted(Replay.uuidV7(), id, tenant, hex(link.hash()), rows.now, rows.dayAhead));
        }
    }

    private Link newLink() {
        var bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        var token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        try {
            return new Link(
                    token, MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** Rows in the text form of COPY. */
    private final class Rows {

        private final StringBuilder access = new StringBuilder();
        private final StringBuilder keys = new StringBuilder();
        private final StringBuilder credentials = new StringBuilder();
        private final StringBuilder links = new StringBuilder();
        private final String now = Instant.now().toString();
        private final String dayAhead = Instant.now().plus(Duration.ofDays(1)).toString();
        private final String weekAhead = Instant.now().plus(Duration.ofDays(7)).toString();

        void copy() throws SQLException, IOException {
            copy("tenant_access (tenant_id, state)", access);
            copy("tenant_key (tenant_id, wrapped, created_at)", keys);
            copy(
                    "credential (id, tenant_id, target, target_id, username, ciphertext, state, issued_at, expires_at)",
                    credentials);
            copy("reveal_link (id, credential_id, tenant_id, token_hash, created_at, expires_at)", links);
            try (var statement = owner.createStatement()) {
                statement.execute("VACUUM ANALYZE tenant_access, tenant_key, credential, reveal_link");
                // Otherwise the next load pays for writing these rows to disk.
                statement.execute("CHECKPOINT");
            }
        }

        private void copy(String table, StringBuilder rows) throws SQLException, IOException {
            owner.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY " + table + " FROM STDIN", new StringReader(rows.toString()));
        }
    }
}
