package io.tenure.events;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds what in a newer JSON Schema would break those who know the older one. Allowed are new optional fields and new
 * values of an enumeration and new alternatives; a consumer must know a new one before a producer sends it.
 */
final class SchemaGrowth {

    private SchemaGrowth() {}

    /** @return what is not allowed, each with its place; empty if the schema only grew */
    static List<String> breaks(JsonNode older, JsonNode newer) {
        List<String> found = new ArrayList<>();
        compare("data", older, newer, found);
        return found;
    }

    private static void compare(String place, JsonNode older, JsonNode newer, List<String> found) {
        for (String keyword : List.of("type", "format", "$ref")) {
            if (!older.path(keyword).equals(newer.path(keyword))) {
                found.add("%s: %s was %s and would be %s"
                        .formatted(place, keyword, older.path(keyword), newer.path(keyword)));
            }
        }
        if (!values(newer).containsAll(values(older))) {
            found.add(place + ": a value of the enumeration is removed");
        }
        if (!texts(older.path("required")).equals(texts(newer.path("required")))) {
            Set<String> added = texts(newer.path("required"));
            added.removeAll(texts(older.path("required")));
            Set<String> dropped = texts(older.path("required"));
            dropped.removeAll(texts(newer.path("required")));
            added.forEach(name -> found.add(place + "." + name + ": would be required"));
            dropped.forEach(name -> found.add(place + "." + name + ": would not be required any more"));
        }
        older.path("properties").properties().forEach(property -> {
            JsonNode now = newer.path("properties").path(property.getKey());
            if (now.isMissingNode()) {
                found.add(place + "." + property.getKey() + ": is removed");
            } else {
                compare(place + "." + property.getKey(), property.getValue(), now, found);
            }
        });
        if (older.has("items")) {
            compare(place + "[]", older.path("items"), newer.path("items"), found);
        }
        Map<String, JsonNode> alternatives = alternatives(newer);
        alternatives(older).forEach((kind, alternative) -> {
            JsonNode now = alternatives.get(kind);
            if (now == null) {
                found.add(place + ": the alternative " + kind + " is removed");
            } else {
                compare(place + "(" + kind + ")", alternative, now, found);
            }
        });
        if (older.path("additionalProperties").asBoolean(true)
                && !newer.path("additionalProperties").asBoolean(true)) {
            found.add(place + ": unknown fields would be refused");
        }
    }

    /** By the constant that tells them apart. */
    private static Map<String, JsonNode> alternatives(JsonNode schema) {
        Map<String, JsonNode> alternatives = new TreeMap<>();
        schema.path("oneOf")
                .forEach(each ->
                        alternatives.put(each.at("/properties/kind/const").asText(), each));
        return alternatives;
    }

    /** An enumeration of one value is written as a constant. */
    private static Set<String> values(JsonNode schema) {
        Set<String> values = texts(schema.path("enum"));
        if (schema.has("const")) {
            values.add(schema.path("const").asText());
        }
        return values;
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new HashSet<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
