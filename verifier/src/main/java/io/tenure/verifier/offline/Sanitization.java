package io.tenure.verifier.offline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * How a disk was sanitized according to a fact or a certificate, checked again: an auditor need not trust that the
 * provider's services refused what cannot be. The method must follow from the way. In the words of NIST SP 800-88 Rev.
 * 2 an overwrite and an erasure by the storage of a virtual medium are Clear at most; Purge is a cryptographic erase of
 * which no copy of the key is left.
 *
 * @param told what is known of it and nothing else, so that two can be compared
 */
record Sanitization(ObjectNode told) {

    private static final List<String> NOT_COVERED = List.of("COPY_ON_WRITE", "SNAPSHOTS", "REPLICAS", "BACKUPS");

    /**
     * Reads a disk's {@code sanitization}.
     *
     * @param disk of a certificate, or of a {@code MediumSanitized}
     * @throws VerificationException if it is of an unknown kind, misses something, or says more than it can
     */
    static Sanitization of(JsonNode disk) {
        JsonNode read = disk.path("sanitization");
        ObjectNode told = Json.object();
        String kind = text(read, "kind", told);
        String method = text(read, "method", told);
        text(read, "tool", told);
        text(read, "storage", told);
        String follows =
                switch (kind) {
                    case "OVERWRITTEN" -> overwritten(read, told, number(disk, "bytes", 0, Json.object()));
                    case "CRYPTOGRAPHICALLY_ERASED" -> cryptographicallyErased(read, told);
                    case "ERASED_BY_STORAGE" -> erasedByStorage(read, told);
                    default -> throw refused("it is of an unknown kind");
                };
        if (!follows.equals(method)) {
            throw refused("its method is " + follows + " and not what it says");
        }
        ArrayNode notCovered = told.putArray("notCovered");
        for (JsonNode one : array(read, "notCovered")) {
            if (!NOT_COVERED.contains(one.asText())) {
                throw refused("what it does not cover is unknown");
            }
            notCovered.add(one);
        }
        return new Sanitization(told);
    }

    private static String overwritten(JsonNode read, ObjectNode told, long bytes) {
        text(read, "technique", told);
        number(read, "passes", 1, told);
        long verified = number(read, "bytesVerified", 0, told);
        long empty = number(read, "bytesEmpty", 0, told);
        if (verified > bytes || empty != bytes - verified) {
            throw refused("an overwrite covers all of a disk");
        }
        if (verified > 0 && !text(read, "sha256", told).matches("[0-9a-f]{64}")) {
            throw refused("its hash is not 64 lower-case hexadecimal digits");
        }
        if (verified == 0 && read.hasNonNull("sha256")) {
            throw refused("it has a hash of nothing");
        }
        if (!Set.of("DEVICE", "CACHE").contains(text(read, "readBack", told))) {
            throw refused("where it was read back from is unknown");
        }
        return "CLEAR";
    }

    private static String cryptographicallyErased(JsonNode read, ObjectNode told) {
        text(read, "keyId", told);
        text(read, "algorithm", told);
        ArrayNode copies = told.putArray("copies");
        Set<String> places = new HashSet<>();
        boolean left = false;
        for (JsonNode copy : array(read, "copies")) {
            ObjectNode known = copies.addObject();
            if (!places.add(text(copy, "place", known))) {
                throw refused("two copies of its key have the same place");
            }
            left |= switch (text(copy, "fate", known)) {
                case "DESTROYED" -> false;
                case "EXPIRES" -> true;
                default -> throw refused("what became of a copy of its key is unknown");
            };
            try {
                known.put("at", Instant.parse(text(copy, "at", known)).toString());
            } catch (DateTimeException noInstant) {
                throw refused("the end of a copy of its key is no instant");
            }
        }
        if (places.isEmpty()) {
            throw refused("its key has no copy");
        }
        return left ? "CLEAR" : "PURGE";
    }

    private static String erasedByStorage(JsonNode read, ObjectNode told) {
        text(read, "technique", told);
        text(read, "confirmed", told);
        return "CLEAR";
    }

    /** For people, in one line; safe to print. */
    String words() {
        String how =
                switch (at("kind")) {
                    case "OVERWRITTEN" ->
                        "overwritten (%s, %s %s, by %s) on %s; %s byte(s) read back from %s, %s byte(s) held nothing before"
                                .formatted(
                                        at("technique"),
                                        at("passes"),
                                        at("passes").equals("1") ? "pass" : "passes",
                                        at("tool"),
                                        at("storage"),
                                        at("bytesVerified"),
                                        at("readBack").equals("DEVICE")
                                                ? "the device"
                                                : "the operating system's cache, not the device",
                                        at("bytesEmpty"));
                    case "CRYPTOGRAPHICALLY_ERASED" ->
                        "cryptographically erased (%s, key %s, by %s) on %s; copies of the key: %s"
                                .formatted(at("algorithm"), at("keyId"), at("tool"), at("storage"), copies());
                    default ->
                        "erased by the storage (%s, by %s) on %s; confirmed: %s"
                                .formatted(at("technique"), at("tool"), at("storage"), at("confirmed"));
                };
        String method = at("method").equals("PURGE") ? "Purge" : "Clear";
        return Json.printable(method + " (NIST SP 800-88 Rev. 2): " + how + "; " + reach());
    }

    private String copies() {
        List<String> copies = new ArrayList<>();
        for (JsonNode copy : told.get("copies")) {
            copies.add(copy.get("place").asText()
                    + (copy.get("fate").asText().equals("DESTROYED") ? " destroyed " : " STILL THERE until ")
                    + copy.get("at").asText());
        }
        return String.join(", ", copies);
    }

    private String reach() {
        JsonNode notCovered = told.get("notCovered");
        return notCovered.isEmpty()
                ? "it names nothing that it does not cover"
                : "does not cover "
                        + StreamSupport.stream(notCovered.spliterator(), false)
                                .map(one -> switch (one.asText()) {
                                    case "COPY_ON_WRITE" -> "blocks left behind by copy-on-write";
                                    case "SNAPSHOTS" -> "snapshots";
                                    case "REPLICAS" -> "replicas";
                                    default -> "backups";
                                })
                                .collect(Collectors.joining(", "));
    }

    private String at(String field) {
        return told.get(field).asText();
    }

    private static String text(JsonNode read, String field, ObjectNode told) {
        JsonNode value = read.path(field);
        if (!value.isTextual()
                || value.textValue().isBlank()
                || value.textValue().chars().anyMatch(Character::isISOControl)) {
            throw refused("\"" + field + "\" is missing, blank or has control characters");
        }
        told.set(field, value);
        return value.textValue();
    }

    private static long number(JsonNode read, String field, long least, ObjectNode told) {
        JsonNode value = read.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < least) {
            throw refused("\"" + field + "\" is no number from " + least + " on");
        }
        told.put(field, value.longValue());
        return value.longValue();
    }

    private static JsonNode array(JsonNode read, String field) {
        JsonNode value = read.path(field);
        if (!value.isArray()) {
            throw refused("\"" + field + "\" is not a list");
        }
        return value;
    }

    private static VerificationException refused(String why) {
        return new VerificationException("how a disk was sanitized does not hold: " + why);
    }
}
