package io.tenure.local.command;

import io.tenure.local.platform.Layout;
import io.tenure.local.platform.LocalIdentities;
import io.tenure.local.platform.PortPlan;
import io.tenure.local.platform.Services;
import java.util.Locale;

/** Where everything is, once the platform is up. */
final class Summary {

    private final PortPlan ports;
    private final Layout layout;

    Summary(PortPlan ports, Layout layout) {
        this.ports = ports;
        this.layout = layout;
    }

    String text() {
        var text = new StringBuilder();
        for (var service : Services.ALL) {
            line(text, service.name(), http(service.name()) + "   API page " + http(service.name()) + "/q/swagger-ui");
        }
        line(
                text,
                "Kafka",
                "127.0.0.1:" + ports.of("kafka") + "   read it: kcat -F "
                        + layout.root().relativize(layout.kcat()) + " -t tenure.lifecycle -C -o beginning -q");
        line(
                text,
                "Keycloak",
                http("keycloak") + "/admin   realm tenure; user admin of realm master: "
                        + layout.root().relativize(layout.secrets().resolve("keycloak-admin")));
        line(text, "PostgreSQL", "127.0.0.1:" + ports.of("postgresql") + "   a database per service");
        line(text, "traces", http("zipkin") + "/zipkin");
        line(
                text,
                "mail",
                "127.0.0.1:" + ports.of("smtp") + "   received: "
                        + layout.root().relativize(layout.mail()) + "/*.eml; what comes back: IMAP on "
                        + ports.of("imap"));
        line(text, "logs", layout.root().relativize(layout.logs()) + "/*.log");
        text.append("\nUsers of realm tenure (local only):\n");
        for (var user : LocalIdentities.USERS) {
            text.append(String.format(
                    Locale.ROOT, "  %-16s %-16s password %s%n", user.role(), user.name(), user.password()));
        }
        text.append("\nTry it:\n  curl -sS -H \"Authorization: Bearer $(./tenure token account-manager)\" ")
                .append(http("provisioning"))
                .append("/v1/disclosures/locations");
        return text.toString();
    }

    private String http(String part) {
        return "http://127.0.0.1:" + ports.of(part);
    }

    private static void line(StringBuilder text, String name, String what) {
        text.append(String.format(Locale.ROOT, "%-13s %s%n", name, what));
    }
}
