package io.tenure.kit.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The same places in every service, so that whoever knows one finds the way in all. Reads the module it runs in. */
final class ServiceShape {

    /** Without package, imports and empty lines. */
    private static final int LONGEST_DOOR = 60;

    private static final Pattern RULE = Pattern.compile("\\b(if|for|while|try)\\b|\\s\\?\\s");

    private final String service;
    private final String root;
    private final String door;

    ServiceShape(String service) {
        this.service = service;
        this.root = "io.tenure." + service;
        this.door = service.substring(0, 1).toUpperCase(Locale.ROOT) + service.substring(1) + "Events";
    }

    void check(JavaClasses classes) throws IOException {
        classes()
                .that()
                .resideInAPackage(root)
                .should()
                .haveSimpleName(door)
                .because("beside its features a service has one door, where a switch says which fact concerns which")
                // The audit service takes all facts alike, and has none.
                .allowEmptyShould(true)
                .check(classes);
        methods()
                .that(describe("are @Incoming", method -> method.getAnnotations().stream()
                        .anyMatch(one -> one.getRawType().getSimpleName().startsWith("Incoming"))))
                .and()
                .haveRawParameterTypes(ConsumerRecord.class)
                .should()
                .beDeclaredInClassesThat()
                .resideInAPackage(root)
                .because("facts come in by one door")
                // The audit service takes records in batches, whatever is in them.
                .allowEmptyShould(true)
                .check(classes);
        noClasses()
                .that()
                .resideOutsideOfPackage(root)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(root)
                .because("a feature does not know by which door it is called")
                .check(classes);
        featuresLieSideBySide(classes);
        theDoorHoldsNoRule();
        filesAreWhereTheyAreInEveryService();
    }

    /** One level below the root, or one more where the level between holds rooms of a kind and nothing else. */
    private void featuresLieSideBySide(JavaClasses classes) {
        Set<String> packages = classes.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
        assertEquals(
                List.of(),
                packages.stream()
                        .filter(Predicate.not(root::equals))
                        .filter(one -> {
                            String parent = parent(one);
                            return !parent.equals(root)
                                    && (packages.contains(parent)
                                            || !parent(parent).equals(root));
                        })
                        .toList(),
                "features are packages one level below " + root);
    }

    private static String parent(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    private void theDoorHoldsNoRule() throws IOException {
        Path source = Path.of("src/main/java/io/tenure", service, door + ".java");
        if (!Files.exists(source)) {
            return;
        }
        List<String> code = Files.readAllLines(source).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("import ") && !line.startsWith("package "))
                .toList();
        assertTrue(
                code.size() <= LONGEST_DOOR, door + " is longer than " + LONGEST_DOOR + " lines: one switch is enough");
        assertEquals(
                List.of(),
                code.stream()
                        .filter(line ->
                                !line.strip().startsWith("//") && !line.strip().startsWith("*"))
                        .filter(line -> !line.strip().startsWith("/*"))
                        .filter(line -> RULE.matcher(line).find())
                        .toList(),
                door + " decides nothing but which fact is which");
    }

    private void filesAreWhereTheyAreInEveryService() throws IOException {
        Path tests = Path.of("src/test/java/io/tenure", service);
        List.of(
                        Path.of("openapi.yaml"),
                        Path.of("src/main/resources/db/migration"),
                        tests.resolve("ArchitectureTest.java"),
                        tests.resolve("OpenApiTest.java"))
                .forEach(path -> assertTrue(Files.exists(path), () -> "Every service has " + path));
        List<String> begin = List.of(
                "quarkus.application.name=tenure-" + service,
                "tenure.service=" + service,
                "quarkus.http.port=",
                "%test.quarkus.http.test-port=0",
                "quarkus.smallrye-openapi.info-title=",
                "quarkus.smallrye-openapi.info-description=",
                "quarkus.smallrye-openapi.info-version=1",
                "mp.messaging.incoming.");
        List<String> settings = Files.readAllLines(Path.of("src/main/resources/application.properties")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        for (int at = 0; at < begin.size(); at++) {
            String expected = begin.get(at);
            String found = settings.get(at);
            assertTrue(
                    expected.endsWith("=") || expected.endsWith(".")
                            ? found.startsWith(expected)
                            : found.equals(expected),
                    () -> "application.properties begins alike in every service: " + expected + " and not " + found);
        }
    }
}
