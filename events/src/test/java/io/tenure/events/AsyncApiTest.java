package io.tenure.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code asyncapi.yaml} lists every fact, and nothing that does not exist. */
class AsyncApiTest {

    private static final Path ROOT = Path.of("src/main/resources");

    private final JsonNode document = read();

    static Stream<Class<? extends Fact>> facts() {
        return Facts.classes();
    }

    @Test
    void isAsyncApi3() {
        assertEquals("3.0.0", document.path("asyncapi").asText());
        assertFalse(document.at("/info/title").asText().isBlank());
        assertFalse(document.at("/info/version").asText().isBlank());
    }

    @ParameterizedTest
    @MethodSource("facts")
    void everyFactIsAMessageWithItsOwnSchema(Class<? extends Fact> fact) {
        JsonNode message = document.path("components").path("messages").path(fact.getSimpleName());
        assertEquals(EventType.of(fact), message.path("name").asText());
        assertEquals("application/cloudevents+json", message.path("contentType").asText());
        assertFalse(message.path("summary").asText().isBlank(), "summary of " + fact.getSimpleName());
        JsonNode data = message.at("/payload/schema/allOf/1/properties");
        assertEquals(EventType.of(fact), data.at("/type/const").asText());
        assertEquals(
                EventCodec.schemaOf(fact).toString(),
                data.at("/dataschema/const").asText());
        assertEquals("./schemas/" + SchemaTest.file(fact), data.at("/data/$ref").asText());
    }

    @Test
    void noMessageIsOfAFactThatDoesNotExist() {
        assertEquals(
                Facts.classes().map(Class::getSimpleName).collect(Collectors.toCollection(TreeSet::new)),
                names(document.path("components").path("messages")));
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void everyTopicIsAChannelWithItsFacts(Topic topic) {
        JsonNode channel = document.path("channels").path(topic.service());
        assertEquals(topic.topicName(), channel.path("address").asText());
        Set<String> facts = Facts.classes()
                .filter(fact -> EventType.domain(fact).equals(topic.service()))
                .map(Class::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
        facts.add("AdministrativeActionPerformed");
        assertEquals(facts, names(channel.path("messages")));
        assertEquals(
                "send",
                document.at("/operations/" + topic.service() + "Sends/action").asText());
    }

    @Test
    void deadLettersHaveAChannel() {
        JsonNode channel = document.at("/channels/deadLetters");
        assertEquals("{topic}.{service}.dlq", channel.path("address").asText());
        assertEquals(
                Stream.of(Topic.values()).map(Topic::topicName).toList(), texts(channel.at("/parameters/topic/enum")));
        assertEquals(
                Stream.of(Topic.values()).map(Topic::service).toList(), texts(channel.at("/parameters/service/enum")));
    }

    @Test
    void theAuditServiceReceivesEverything() {
        for (Topic topic : Topic.values()) {
            JsonNode operation = operation("audit", topic);
            assertEquals(
                    names(document.path("channels").path(topic.service()).path("messages"))
                            .size(),
                    operation.path("messages").size());
        }
    }

    @Test
    void everyReceivingOperationTakesWhatItsChannelHas() {
        document.path("operations").properties().forEach(operation -> {
            String channel = operation.getValue().at("/channel/$ref").asText();
            assertFalse(operation.getValue().path("summary").asText().isBlank(), operation.getKey());
            operation
                    .getValue()
                    .path("messages")
                    .forEach(message -> assertTrue(
                            message.path("$ref").asText().startsWith(channel + "/messages/"), operation.getKey()));
        });
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = new ArrayList<>();
        collect(document, references);
        assertTrue(references.size() > Facts.classes().count());
        for (String reference : references) {
            if (reference.startsWith("#")) {
                assertFalse(document.at(reference.substring(1)).isMissingNode(), reference);
            } else {
                assertTrue(Files.isRegularFile(ROOT.resolve(reference)), reference);
            }
        }
    }

    @Test
    void theEnvelopeIsTheCodecs() throws IOException {
        JsonNode envelope = document.at("/components/schemas/Envelope");
        JsonNode event = new YAMLMapper()
                .readTree(new EventCodec().encode(Facts.event(Facts.filled(LifecycleFact.TerminationRequested.class))));
        Set<String> attributes = names(event);
        attributes.remove("data");
        assertEquals(attributes, names(envelope.path("properties")));
        Set<String> required = new TreeSet<>(attributes);
        required.removeAll(Set.of("correlationid", "traceparent"));
        required.add("data");
        assertEquals(required, new TreeSet<>(texts(envelope.path("required"))));
    }

    private JsonNode operation(String service, Topic topic) {
        return document.path("operations")
                .path(service + "ReceivesFrom" + topic.name().charAt(0)
                        + topic.name().substring(1).toLowerCase());
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.path("$ref").isTextual()) {
            references.add(node.path("$ref").asText());
        }
        node.forEach(child -> collect(child, references));
    }

    private static Set<String> names(JsonNode object) {
        return object.properties().stream()
                .map(java.util.Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static JsonNode read() {
        try {
            return new YAMLMapper().readTree(ROOT.resolve("asyncapi.yaml").toFile());
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
