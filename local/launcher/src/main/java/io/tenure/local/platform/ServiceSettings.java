package io.tenure.local.platform;

import io.tenure.local.server.MailServer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The environment of a service, by which it finds everything else. */
final class ServiceSettings {

    private ServiceSettings() {}

    static Map<String, String> of(
            Services.Service service, Layout layout, PortPlan ports, Secrets secrets, Retention retention) {
        var env = new HashMap<String, String>();
        env.put("TENURE_DB_HOST", "127.0.0.1");
        env.put("TENURE_DB_PORT", Integer.toString(ports.of("postgresql")));
        env.put("TENURE_DB_NAME", service.name());
        env.put("TENURE_DB_PASSWORD", secrets.password("db-" + service.name()));
        env.put("TENURE_DB_OWNER_PASSWORD", secrets.password("db-" + service.name() + "-owner"));
        env.put("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + ports.of("kafka"));
        env.put("TENURE_KAFKA_PASSWORD", secrets.password("kafka-" + service.name()));
        env.put("TENURE_OIDC_URL", "http://127.0.0.1:" + ports.of("keycloak") + "/realms/tenure");
        env.put("TENURE_OIDC_CLIENT_SECRET", secrets.password("client-" + service.name()));
        // Keycloak may take its time on a busy machine; the service waits for it while it starts.
        env.put("QUARKUS_OIDC_CONNECTION_DELAY", "PT3M");
        env.put("TENURE_MASTER_KEY_FILE", secrets.masterKey(service.name()).toString());
        env.put("TENURE_TRACING_ZIPKIN_ENDPOINT", "http://127.0.0.1:" + ports.of("zipkin") + "/api/v2/spans");
        for (var other : Services.ALL) {
            env.put(
                    "TENURE_" + other.name().toUpperCase(Locale.ROOT) + "_URL",
                    "http://127.0.0.1:" + ports.of(other.name()));
        }
        switch (service.name()) {
            case "provisioning" -> {
                env.put("TENURE_SANDBOX_ROOT", layout.sandbox().toString());
            }
            case "lifecycle" -> {
                env.put("TENURE_RETENTION_PERIOD", retention.period().toString());
                // No customer was promised a month here.
                env.put("TENURE_RETENTION_FLOOR", "PT1S");
                env.put("TENURE_RETENTION_WARNINGS", retention.warningList());
                // A whole life in a minute: more are deleted here in a day than anybody would let pass unseen.
                env.put("TENURE_DELETION_GATE_AT_LEAST", "1000000");
                env.put(
                        "TENURE_CERTIFICATE_SIGNING_KEY_FILE",
                        secrets.certificateKey().toString());
            }
            case "credential" -> {
                env.put("TENURE_REVEAL_BASE_URL", "http://127.0.0.1:" + ports.of("credential"));
                env.put("TENURE_KEYCLOAK_ADMIN_URL", "http://127.0.0.1:" + ports.of("keycloak"));
                // As short as the retention; a month in production.
                env.put("TENURE_CREDENTIAL_DEPARTING_GRACE", retention.period().toString());
            }
            case "audit" -> {
                env.put("TENURE_LOG_SIGNING_KEY_FILE", secrets.logKey().toString());
                env.put("TENURE_LOG_ORIGIN", Secrets.LOG_ORIGIN);
            }
            case "notification" -> {
                env.put("QUARKUS_MAILER_HOST", "127.0.0.1");
                env.put("QUARKUS_MAILER_PORT", Integer.toString(ports.of("smtp")));
                env.put("QUARKUS_MAILER_FROM", "tenure@csp.example");
                env.put("TENURE_MAIL_BOUNCES_ADDRESS", MailServer.RETURNED);
                env.put("TENURE_MAIL_BOUNCES_HOST", "127.0.0.1");
                env.put("TENURE_MAIL_BOUNCES_PORT", Integer.toString(ports.of("imap")));
                env.put("TENURE_MAIL_BOUNCES_SECURITY", "NONE");
                env.put("TENURE_MAIL_BOUNCES_USERNAME", MailServer.RETURNED);
                env.put("TENURE_MAIL_BOUNCES_PASSWORD", secrets.password("mailbox"));
                env.put("TENURE_MAIL_BOUNCE_POLL_INTERVAL", "PT5S");
                // As compressed as the retention: no message takes longer to come back here.
                env.put("TENURE_NOTICE_BOUNCE_WINDOW", "PT0.25S");
                env.put("TENURE_NOTICE_READING_PATIENCE", "PT1M");
                env.put("TENURE_NOTICE_BOUNCE_RETRY_PASSING", "PT1S");
                env.put("TENURE_NOTICE_BOUNCE_RETRY_PERMANENT", "PT2S");
                env.put("TENURE_NOTICE_BOUNCE_RETRY_MOST", "PT10S");
            }
            default -> throw new IllegalArgumentException("unknown service " + service.name());
        }
        return env;
    }
}
