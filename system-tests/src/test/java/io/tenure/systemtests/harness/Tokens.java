package io.tenure.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.local.platform.Http;
import io.tenure.local.platform.LocalIdentities;
import io.tenure.local.platform.Platform;
import io.tenure.local.platform.Secrets;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Access tokens from Keycloak, each used for a minute. */
public final class Tokens {

    private static final Duration USED_FOR = Duration.ofMinutes(1);

    private record Kept(String token, Instant from) {}

    private final LocalIdentities identities;
    private final Secrets secrets;
    private final URI tokenEndpoint;
    private final Sensitive sensitive;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    Tokens(Platform platform, Sensitive sensitive) {
        this.identities = new LocalIdentities(platform.keycloak().url(), platform.secrets());
        this.secrets = platform.secrets();
        this.tokenEndpoint = URI.create(platform.keycloak().realmUrl() + "/protocol/openid-connect/token");
        this.sensitive = sensitive;
    }

    /** Of the CRM's client, an account manager. */
    public String crm() {
        return kept("client crm", () -> identities.clientToken("crm"));
    }

    /** Of a person of the provider: operator, admin, account-manager or auditor. */
    public String user(String name) {
        return kept(name, () -> identities.token(name));
    }

    /** Of a service's own client, as that service calls the others. */
    public String service(String name) {
        return kept("service " + name, () -> {
            var form = Map.of(
                    "grant_type",
                    "client_credentials",
                    "client_id",
                    "tenure-" + name,
                    "client_secret",
                    secrets.password("client-" + name));
            var answer = Http.form(tokenEndpoint, form);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            return answer.json().get("access_token").asText();
        });
    }

    private String kept(String name, Supplier<String> fresh) {
        return kept.compute(
                        name,
                        (key, old) -> old != null && old.from().plus(USED_FOR).isAfter(Instant.now())
                                ? old
                                : new Kept(sensitive.add("bearer token", fresh.get()), Instant.now()))
                .token();
    }
}
