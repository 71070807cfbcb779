package io.tenure.kit;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.kit.testing.TestTokens;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@KitTest
class BoundedPoolTest {

    @Inject
    Pool pool;

    @ConfigProperty(name = "quarkus.datasource.reactive.max-size")
    int size;

    @ConfigProperty(name = "tenure.db.max-waiting")
    int maxWaiting;

    private final List<CompletableFuture<SqlConnection>> asked = new ArrayList<>();

    @Test
    void whoComesWhenTooManyWaitIsToldToComeAgain() throws Exception {
        ask(size);
        for (var connection : asked) {
            connection.get(10, TimeUnit.SECONDS);
        }
        ask(maxWaiting + 1);

        var refused =
                assertThrows(ExecutionException.class, () -> asked.getLast().get(10, TimeUnit.SECONDS));
        assertTrue(Failures.isOutage(refused.getCause()));
        given().auth()
                .oauth2(TestTokens.of("lifecycle", "account-manager"))
                .contentType("application/json")
                .body("{\"tenantId\":\"" + Ids.next() + "\",\"name\":\"a\"}")
                .post("/samples")
                .then()
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .body("type", equalTo("urn:tenure:problem:unavailable"));
    }

    private void ask(int connections) {
        for (int i = 0; i < connections; i++) {
            asked.add(pool.getConnection().subscribeAsCompletionStage().toCompletableFuture());
        }
    }

    @AfterEach
    void giveBack() {
        asked.forEach(connection -> connection.thenAccept(SqlConnection::closeAndForget));
    }
}
