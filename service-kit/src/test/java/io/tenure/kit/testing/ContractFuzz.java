package io.tenure.kit.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.restassured.RestAssured;
import io.tenure.kit.Ids;
import io.tenure.kit.access.Roles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Has schemathesis, a fuzzer that reads OpenAPI documents, send to a service what its committed contract allows and
 * what it does not. For tests with the tag {@code schemathesis}, which run in the profile of that name.
 */
public final class ContractFuzz {

    private static final String CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,"
            + "response_schema_conformance,negative_data_rejection";

    private ContractFuzz() {}

    /** Fails on what it finds, with its report; skipped with a reason where the program is not installed. */
    public static void check(String service) throws IOException, InterruptedException {
        boolean installed = run(Path.of("target", "schemathesis-version.log"), "schemathesis", "--version") == 0;
        if (!installed) {
            System.out.println("skipped: needs schemathesis on the path (pip install schemathesis)");
        }
        assumeTrue(installed, "schemathesis is not on the path");
        String token = TestTokens.ofTenant(service, Ids.next(), Roles.ALL.toArray(String[]::new));
        Path report = Path.of("target", "schemathesis.log");
        int status = run(
                report,
                "schemathesis",
                "run",
                Path.of("openapi.yaml").toAbsolutePath().toString(),
                "--url",
                "http://localhost:" + RestAssured.port,
                "--header",
                "Authorization: Bearer " + token,
                "--checks",
                CHECKS,
                "--phases",
                "examples,coverage,fuzzing",
                "--max-examples",
                "200",
                "--seed",
                "11",
                "--no-color",
                "--continue-on-failure");
        List<String> lines = Files.readAllLines(report);
        System.out.println(String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size())));
        assertEquals(0, status, "schemathesis found something, see " + report.toAbsolutePath());
    }

    private static int run(Path output, String... command) throws IOException, InterruptedException {
        Files.createDirectories(output.getParent());
        try {
            return new ProcessBuilder(command)
                    // It leaves files of its own in the directory that it runs in.
                    .directory(output.getParent().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start()
                    .waitFor();
        } catch (IOException missing) {
            return -1;
        }
    }
}
