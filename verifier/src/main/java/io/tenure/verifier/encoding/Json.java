package io.tenure.verifier.encoding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tenure.verifier.VerificationException;
import java.util.Set;
import java.util.TreeSet;

/**
 * JSON read without leniency: a repeated field, an unknown field or anything behind the value is refused, since whatever
 * a check does not look at could be changed unseen.
 */
public final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** An empty object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /**
     * Reads one object.
     *
     * @throws VerificationException if the text is anything else
     */
    public static JsonNode parse(String text) {
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

    /**
     * Refuses an object that lacks a required field, or has one that is neither required nor optional.
     *
     * @param what names the object in the message
     * @throws VerificationException if it is so, or no object at all
     */
    public static void requireFields(JsonNode object, Set<String> required, Set<String> optional, String what) {
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

    /**
     * The value of a string field.
     *
     * @throws VerificationException if there is none
     */
    public static String text(JsonNode object, String field) {
        JsonNode value = object.get(field);
        if (value == null || !value.isTextual()) {
            throw new VerificationException("\"" + field + "\" is not a string");
        }
        return value.textValue();
    }

    /** With a question mark for whatever could steer a terminal or turn its text around. */
    public static String printable(String text) {
        return text.replaceAll("\\p{C}|[\\u2028\\u2029]", "?");
    }
}
