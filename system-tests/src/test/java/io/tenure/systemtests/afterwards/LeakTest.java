package io.tenure.systemtests.afterwards;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.local.platform.Http;
import io.tenure.local.platform.Services;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.story.Customer;
import io.tenure.systemtests.story.Story;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Comes last: looks over everything that all the tests before have left behind. */
@Order(101)
@Isolated("looks at what the others left behind")
@ExtendWith(SystemExtension.class)
class LeakTest {

    private final SystemUnderTest system;

    LeakTest(SystemUnderTest system) {
        this.system = system;
    }

    @Test
    void noContactSecretTokenOrKeyAppearsAnywhere() throws IOException, SQLException {
        var story = Story.withAssets(system, "somebody with secrets", 1, 0);
        new Customer(story).firstLogin();
        var sensitive = system.sensitive();
        assertThat(sensitive.count("contact's e-mail"))
                .as("there were contacts")
                .isPositive();
        assertThat(sensitive.count("link token")).as("there were links").isPositive();
        assertThat(sensitive.count("revealed secret")).as("there were secrets").isPositive();
        assertThat(sensitive.count("bearer token")).as("there were tokens").isPositive();

        var known = story.tenantId().toString();
        var findings = new ArrayList<String>();
        var sources = new LinkedHashMap<String, String>();
        sources.putAll(topics());
        sources.putAll(logs());
        sources.putAll(databases());
        sources.put(
                "Zipkin",
                Http.get(system.platform().zipkin().url().resolve("/api/v2/traces?limit=100000&lookback=3600000"))
                        .body());
        for (var service : Services.ALL) {
            sources.put(
                    "metrics of " + service.name(),
                    Http.get(system.url(service.name()).resolve("/q/metrics")).body());
        }
        sources.forEach((where, text) -> findings.addAll(sensitive.findIn(where, text)));
        assertThat(findings).as("of %d values looked for", sensitive.size()).isEmpty();

        // The scan reads what it claims to read: what may be seen is there.
        for (var where : List.of("topic tenure.provisioning", "database audit", "database provisioning")) {
            assertThat(sources.get(where)).as(where).contains(known);
        }
        for (var service : Services.ALL) {
            assertThat(sources.get("log " + service.name() + ".log")).contains("\"level\"");
        }
        assertThat(sources.get("Zipkin")).contains("tenure-audit");
        assertThat(sources.get("metrics of lifecycle")).contains("tenure_outbox_relayed_total");
        assertThat(sensitive.findIn("a planted value", "…" + story.contact().email() + "…"))
                .as("the scan finds what is there")
                .isNotEmpty();
    }

    private Map<String, String> topics() {
        system.journal().catchUp();
        Map<String, StringBuilder> topics = new LinkedHashMap<>();
        for (var record : system.journal().all()) {
            var text = topics.computeIfAbsent("topic " + record.topic(), t -> new StringBuilder());
            text.append(record.key()).append(' ').append(record.headers()).append(' ');
            text.append(record.value() == null ? "" : new String(record.value(), StandardCharsets.UTF_8))
                    .append('\n');
        }
        Map<String, String> texts = new LinkedHashMap<>();
        topics.forEach((topic, text) -> texts.put(topic, text.toString()));
        return texts;
    }

    private Map<String, String> logs() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        try (var files = Files.list(system.platform().layout().logs())) {
            for (var file : files.sorted().toList()) {
                texts.put("log " + file.getFileName(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return texts;
    }

    /** Every row of every table, bytes in hexadecimal. */
    private Map<String, String> databases() throws SQLException {
        Map<String, String> texts = new LinkedHashMap<>();
        var password = system.platform().secrets().password("db-superuser");
        for (var service : Services.ALL) {
            var text = new StringBuilder();
            try (var connection = system.platform().postgres().connect("postgres", password, service.name());
                    var statement = connection.createStatement()) {
                var tables = new ArrayList<String>();
                try (var rows = statement.executeQuery(
                        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")) {
                    while (rows.next()) {
                        tables.add(rows.getString(1));
                    }
                }
                for (var table : tables) {
                    try (var rows = statement.executeQuery("SELECT t::text FROM " + table + " t")) {
                        while (rows.next()) {
                            text.append(table)
                                    .append(' ')
                                    .append(rows.getString(1))
                                    .append('\n');
                        }
                    }
                }
            }
            texts.put("database " + service.name(), text.toString());
        }
        return texts;
    }
}
