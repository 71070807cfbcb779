package io.tenure.kit.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares the OpenAPI document that a service serves with the committed {@code openapi.yaml} of its module. */
public final class OpenApiDrift {

    private OpenApiDrift() {}

    /** Fails on any difference; {@code -Dtenure.openapi.update=true} writes the file instead. */
    public static void check() throws IOException {
        String served = RestAssured.given()
                .queryParam("format", "yaml")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .extract()
                .asString()
                .replaceAll("(?m)^servers:\\n(- .*\\n|  .*\\n)*", "");
        Path committed = Path.of("openapi.yaml");
        if (Boolean.getBoolean("tenure.openapi.update")) {
            Files.writeString(committed, served);
        }
        assertEquals(
                Files.readString(committed),
                served,
                "openapi.yaml has drifted; if the change is wanted: ./tenure test <module> -Dtenure.openapi.update=true");
    }
}
