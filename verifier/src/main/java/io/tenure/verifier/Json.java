package io.tenure.verifier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.TreeSet;

/**
 * JSON read without leniency: a repeated field, an unknown field or anything behind the value is refused, since whatever
 * a check does not look at could be changed unseen.
 */
final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static JsonNode parse(String text) {
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node == null || !node.isObject()) {
                throw new VerificationException("the document is not a JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new VerificationException("the document is not valid JSON");
        }
    }

    static void requireFields(JsonNode object, Set<String> required, Set<String> optional, String what) {
        if (object == null || !object.isObject()) {
            throw new VerificationException(what + ": not a JSON object");
        }
        Set<String> missing = new TreeSet<>(required);
        Set<String> unknown = new TreeSet<>();
        object.fieldNames().forEachRemaining(name -> {
            if (!missing.remove(name) && !optional.contains(name)) {
                unknown.add(name);
            }
        });
        if (!missing.isEmpty()) {
            throw new VerificationException(what + ": missing " + missing);
        }
        if (!unknown.isEmpty()) {
            throw new VerificationException(what + ": " + unknown.size() + " unknown field(s)");
        }
    }

    static String text(JsonNode object, String field) {
        JsonNode value = object.get(field);
        if (value == null || !value.isTextual()) {
            throw new VerificationException("\"" + field + "\" is not a string");
        }
        return value.textValue();
    }

    /** With a question mark for whatever could steer a terminal or turn its text around. */
    static String printable(String text) {
        return text.replaceAll("\\p{C}|[\\u2028\\u2029]", "?");
    }
}
