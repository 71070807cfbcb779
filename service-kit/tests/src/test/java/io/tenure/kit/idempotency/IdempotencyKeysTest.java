package io.tenure.kit.idempotency;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.tenure.kit.Ids;
import io.tenure.kit.KitTest;
import io.tenure.kit.testing.TestTokens;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@KitTest
class IdempotencyKeysTest {

    private final UUID tenant = Ids.next();
    private final String key = "key-" + tenant;

    @Inject
    Pool pool;

    @Test
    void aRepeatedRequestGetsTheSameResource() {
        String first = post(key, "a").then().statusCode(200).extract().path("id");
        String second = post(key, "a").then().statusCode(200).extract().path("id");

        assertEquals(first, second);
        assertEquals(1, rows());
    }

    @Test
    void aKeyDoesNotServeAnotherRequest() {
        post(key, "a").then().statusCode(200);
        post(key, "b").then().statusCode(422).body("type", equalTo("urn:tenure:problem:idempotency-key-reused"));

        assertEquals(1, rows());
    }

    @Test
    void concurrentRequestsMakeOneResource() throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Future<String>> answers = IntStream.range(0, 8)
                    .mapToObj(i -> threads.submit(() ->
                            post(key, "a").then().statusCode(200).extract().<String>path("id")))
                    .toList();
            for (Future<String> answer : answers) {
                assertEquals(answers.getFirst().get(), answer.get());
            }
        }
        assertEquals(1, rows());
    }

    @Test
    void aFailedCommandLeavesTheKeyFree() {
        post(key, "fails").then().statusCode(409);
        post(key, "fails").then().statusCode(409);

        assertEquals(0, rows());
        assertEquals(0, count("SELECT count(*) FROM idempotency_key WHERE key = $1", key));
        assertEquals(0, count("SELECT count(*) FROM outbox WHERE aggregateid = $1", tenant.toString()));
    }

    @Test
    void withoutAKeyEachRequestCounts() {
        String first = post(null, "a").then().statusCode(200).extract().path("id");
        String second = post(null, "a").then().statusCode(200).extract().path("id");

        assertNotEquals(first, second);
    }

    @Test
    void refusesAnUnusableKey() {
        post("x".repeat(129), "a").then().statusCode(400);
    }

    private Response post(String key, String name) {
        var request = given().auth()
                .oauth2(TestTokens.of("lifecycle", "account-manager"))
                .contentType(ContentType.JSON)
                .body("{\"tenantId\":\"" + tenant + "\",\"name\":\"" + name + "\"}");
        return (key == null ? request : request.header("Idempotency-Key", key)).post("/samples");
    }

    private long rows() {
        return count("SELECT count(*) FROM sample WHERE tenant_id = $1", tenant);
    }

    private long count(String sql, Object parameter) {
        return pool.preparedQuery(sql)
                .execute(Tuple.of(parameter))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }
}
