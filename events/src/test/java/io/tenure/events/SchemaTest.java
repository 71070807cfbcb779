package io.tenure.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.CustomDefinition.DefinitionType;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The committed JSON Schemas are those of the facts, and only grow. {@code -Dtenure.schemas.update=true} writes them anew,
 * unless that would break a consumer.
 */
class SchemaTest {

    static final Path ROOT = Path.of("src/main/resources/schemas");

    private final ObjectMapper mapper = new ObjectMapper();
    private final SchemaGenerator generator = generator();

    static Stream<Class<? extends Fact>> facts() {
        return Facts.classes();
    }

    /** Where a fact's schema is committed, below {@link #ROOT}. */
    static String file(Class<? extends Fact> fact) {
        return EventType.domain(fact) + "/" + fact.getSimpleName() + ".v1.json";
    }

    @ParameterizedTest
    @MethodSource("facts")
    void theCommittedSchemaIsTheFactsAndOnlyGrew(Class<? extends Fact> fact) throws IOException {
        Path committed = ROOT.resolve(file(fact));
        ObjectNode generated = schema(fact);
        if (Files.exists(committed)) {
            assertEquals(
                    List.of(),
                    SchemaGrowth.breaks(mapper.readTree(committed.toFile()), generated),
                    fact.getSimpleName() + " would break consumers. Schemas only grow: keep the fact as it is, add"
                            + " fields that may be null (@Nullable), or publish a new fact beside it.");
        }
        String text = written(generated);
        if (Boolean.getBoolean("tenure.schemas.update")) {
            Files.createDirectories(committed.getParent());
            Files.writeString(committed, text);
        }
        assertTrue(Files.exists(committed), "No schema of " + fact.getSimpleName() + ". " + INSTRUCTION);
        assertEquals(
                Files.readString(committed),
                text,
                "The schema of " + fact.getSimpleName() + " has drifted. " + INSTRUCTION);
    }

    private static final String INSTRUCTION =
            "If the change is wanted: ./tenure test events -Dtenure.schemas.update=true";

    @Test
    void noFactIsRemoved() throws IOException {
        Set<String> known = Facts.classes().map(SchemaTest::file).collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> files = Files.walk(ROOT)) {
            assertEquals(
                    known,
                    files.filter(Files::isRegularFile)
                            .map(file -> ROOT.relativize(file).toString().replace('\\', '/'))
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    @ParameterizedTest
    @MethodSource("facts")
    void whatIsPublishedHasEveryFieldOfTheSchema(Class<? extends Fact> fact) throws IOException {
        JsonNode data = mapper.readTree(new EventCodec().encode(Facts.event(Facts.filled(fact))))
                .get("data");
        assertFits("data", schema(fact), data);
    }

    /** Whatever a fact may be one of: each fits one alternative of the schema, and that one only. */
    @Test
    void eachWayOfSanitizationFitsItsAlternative() throws IOException {
        JsonNode schema = schema(MediumSanitized.class);
        assertEquals(
                List.of("OVERWRITTEN", "CRYPTOGRAPHICALLY_ERASED", "ERASED_BY_STORAGE"),
                schema.at("/properties/disk/properties/sanitization/oneOf").findValues("kind").stream()
                        .map(kind -> kind.path("const").asText())
                        .toList());
        for (SanitizedDisk disk : Facts.sanitized()) {
            MediumSanitized fact = new MediumSanitized(new UUID(1, 1), new UUID(2, 2), new UUID(3, 3), disk);
            assertFits(
                    "data",
                    schema,
                    mapper.readTree(new EventCodec().encode(Facts.event(fact))).get("data"));
        }
    }

    /** Checks what these schemas use: types, required fields, fields by name, items, enumerations and alternatives. */
    private static void assertFits(String place, JsonNode schema, JsonNode value) {
        if (schema.has("oneOf")) {
            List<JsonNode> alternatives = new ArrayList<>();
            schema.get("oneOf").forEach(each -> {
                if (each.at("/properties/kind/const").equals(value.get("kind"))) {
                    alternatives.add(each);
                }
            });
            assertEquals(1, alternatives.size(), place);
            assertFits(place, alternatives.getFirst(), value);
            return;
        }
        if (schema.has("const")) {
            assertEquals(schema.get("const"), value, place);
            return;
        }
        if (value.isNull()) {
            assertTrue(schema.path("type").toString().contains("\"null\""), place);
            return;
        }
        String type = schema.path("type").isArray()
                ? schema.path("type").get(0).asText()
                : schema.path("type").asText();
        switch (type) {
            case "object" -> {
                schema.path("required").forEach(name -> assertTrue(value.has(name.asText()), place + "." + name));
                value.properties().forEach(field -> {
                    assertTrue(schema.path("properties").has(field.getKey()), place + "." + field.getKey());
                    assertFits(
                            place + "." + field.getKey(),
                            schema.path("properties").get(field.getKey()),
                            field.getValue());
                });
            }
            case "array" -> {
                assertTrue(value.isArray(), place);
                value.forEach(item -> assertFits(place + "[]", schema.path("items"), item));
            }
            case "integer" -> assertTrue(value.isIntegralNumber(), place);
            case "string" -> {
                assertTrue(value.isTextual(), place);
                switch (schema.path("format").asText()) {
                    case "uuid" -> UUID.fromString(value.asText());
                    case "date-time" -> java.time.Instant.parse(value.asText());
                    default -> {}
                }
                if (schema.has("enum")) {
                    assertTrue(schema.get("enum").toString().contains(value.toString()), place);
                }
            }
            default -> throw new AssertionError(place + " has the type " + schema.path("type"));
        }
    }

    private ObjectNode schema(Class<? extends Fact> fact) {
        ObjectNode generated = generator.generateSchema(fact);
        ObjectNode schema = mapper.createObjectNode();
        schema.set("$schema", generated.remove("$schema"));
        schema.put("$id", EventCodec.schemaOf(fact).toString());
        schema.put("title", EventType.of(fact));
        return schema.setAll(generated);
    }

    private String written(ObjectNode schema) throws IOException {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        return mapper.writer(printer).writeValueAsString(schema) + "\n";
    }

    private static SchemaGenerator generator() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.EXTRA_OPEN_API_FORMAT_VALUES, Option.INLINE_ALL_SCHEMAS);
        config.forFields()
                .withNullableCheck(SchemaTest::mayBeNull)
                .withRequiredCheck(field -> !field.isFakeContainerItemScope() && !mayBeNull(field));
        config.forTypesInGeneral().withCustomDefinitionProvider(SchemaTest::alternatives);
        return new SchemaGenerator(config.build());
    }

    private static boolean mayBeNull(FieldScope field) {
        return !field.isFakeContainerItemScope()
                && field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** A type that is one of several is written with the constant that tells which, as the codec does it. */
    private static CustomDefinition alternatives(ResolvedType type, SchemaGenerationContext context) {
        JsonSubTypes subTypes = type.getErasedType().getAnnotation(JsonSubTypes.class);
        if (subTypes == null) {
            return null;
        }
        String kind = type.getErasedType().getAnnotation(JsonTypeInfo.class).property();
        ObjectNode schema = context.getGeneratorConfig().createObjectNode();
        ArrayNode oneOf = schema.putArray("oneOf");
        for (JsonSubTypes.Type subType : subTypes.value()) {
            ObjectNode alternative = context.createStandardDefinition(
                    context.getTypeContext().resolveSubtype(type, subType.value()), null);
            ObjectNode properties = context.getGeneratorConfig().createObjectNode();
            properties.putObject(kind).put("const", subType.name());
            properties.setAll((ObjectNode) alternative.get("properties"));
            alternative.set("properties", properties);
            alternative.withArray("required").insert(0, kind);
            oneOf.add(alternative);
        }
        return new CustomDefinition(schema, DefinitionType.INLINE, AttributeInclusion.YES);
    }
}
