package io.tenure.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.Sanitization.CryptographicallyErased;
import io.tenure.events.Sanitization.ErasedByStorage;
import io.tenure.events.Sanitization.KeyCopy;
import io.tenure.events.Sanitization.KeyCopy.Fate;
import io.tenure.events.Sanitization.Method;
import io.tenure.events.Sanitization.Overwritten;
import io.tenure.events.Sanitization.ReadBack;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Evidence states the method that follows from its kind, and is refused if it claims more. */
class SanitizationTest {

    private static final Instant AT = Instant.parse("2026-11-23T22:00:00Z");

    private final EventCodec codec = new EventCodec();
    private final ObjectMapper mapper = new ObjectMapper();

    static Stream<SanitizedDisk> disks() {
        return Facts.sanitized().stream();
    }

    @ParameterizedTest
    @MethodSource("disks")
    void everyWayComesBackAsItWas(SanitizedDisk disk) {
        Event event = Facts.event(fact(disk));
        assertEquals(event, codec.decode(codec.encode(event)));
    }

    /** An auditor reads the kind and the method, without knowing how the one follows from the other. */
    @Test
    void theWireTellsKindAndMethod() {
        assertEquals(
                List.of(
                        "OVERWRITTEN CLEAR",
                        "OVERWRITTEN CLEAR",
                        "CRYPTOGRAPHICALLY_ERASED PURGE",
                        "CRYPTOGRAPHICALLY_ERASED CLEAR",
                        "ERASED_BY_STORAGE CLEAR"),
                disks().map(disk -> told(disk).at("/data/disk/sanitization"))
                        .map(way -> way.path("kind").asText() + " "
                                + way.path("method").asText())
                        .toList());
    }

    @Test
    void everyWayHasAKind() {
        assertEquals(
                Set.of(Sanitization.class.getPermittedSubclasses()),
                Arrays.stream(Sanitization.class
                                .getAnnotation(JsonSubTypes.class)
                                .value())
                        .map(JsonSubTypes.Type::value)
                        .collect(Collectors.toSet()));
    }

    /**
     * A producer that says more than it did: whoever reads it refuses the whole fact. The disks are those of
     * {@link Facts}.
     */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\0',
            delimiter = '|',
            value = {
                "0 | /kind | \"BURNT\"",
                "0 | /kind | null",
                "0 | /kind | \"ERASED_BY_STORAGE\"",
                "0 | /method | \"PURGE\"",
                "0 | /method | \"DESTROY\"",
                "0 | /method | null",
                "0 | /passes | 0",
                "0 | /passes | -1",
                "0 | /passes | null",
                "0 | /bytesVerified | 4095",
                "0 | /bytesVerified | -4096",
                "0 | /bytesEmpty | 5",
                "0 | /bytesEmpty | null",
                "0 | /sha256 | null",
                "0 | /sha256 | \"\"",
                "0 | /sha256 | \"abc\"",
                "0 | /technique | \" \"",
                "0 | /technique | null",
                "0 | /tool | \"a\\tb\"",
                "0 | /storage | \"\"",
                "0 | /readBack | null",
                "0 | /readBack | \"HEARSAY\"",
                "0 | /notCovered | null",
                "0 | /notCovered | [null]",
                "1 | /sha256 | \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
                "2 | /method | \"CLEAR\"",
                "2 | /keyId | null",
                "2 | /algorithm | \"\"",
                "2 | /copies | []",
                "2 | /copies | null",
                "2 | /copies/0/fate | \"EXPIRES\"",
                "2 | /copies/0/fate | \"FORGOTTEN\"",
                "2 | /copies/0/at | null",
                "2 | /copies/0/place | \"header\"",
                "2 | /copies/0/place | \"\"",
                "3 | /method | \"PURGE\"",
                "3 | /copies/1/fate | \"DESTROYED\"",
                "4 | /method | \"PURGE\"",
                "4 | /confirmed | \"\"",
                "4 | /confirmed | null",
                "4 | /technique | null"
            })
    void aLieIsUnreadable(int disk, String place, String value) throws IOException {
        ObjectNode event = told(Facts.sanitized().get(disk));
        int name = place.lastIndexOf('/');
        ((ObjectNode) event.at("/data/disk/sanitization" + place.substring(0, name)))
                .set(place.substring(name + 1), mapper.readTree(value));
        byte[] bytes = mapper.writeValueAsBytes(event);

        UnreadableEventException refused = assertThrows(UnreadableEventException.class, () -> codec.decode(bytes));
        assertEquals("data does not fit MediumSanitized", refused.getMessage());
    }

    /** What the disk's size says of its sanitization. */
    @ParameterizedTest
    @CsvSource({"0, 4099", "0, -1", "1, 4097", "2, -1", "4, -1"})
    void aSizeThatCannotBeIsUnreadable(int disk, long bytes) throws IOException {
        ObjectNode event = told(Facts.sanitized().get(disk));
        ((ObjectNode) event.at("/data/disk")).put("bytes", bytes);
        byte[] lie = mapper.writeValueAsBytes(event);
        assertThrows(UnreadableEventException.class, () -> codec.decode(lie));
    }

    @Test
    void aDiskWithoutSanitizationIsNotSanitized() throws IOException {
        ObjectNode event = told(Facts.sanitized().getFirst());
        ((ObjectNode) event.at("/data/disk")).remove("sanitization");
        byte[] bytes = mapper.writeValueAsBytes(event);
        assertThrows(UnreadableEventException.class, () -> codec.decode(bytes));
    }

    /** The sum must not wrap around. */
    @Test
    void moreBytesThanThereAreAreRefused() {
        Overwritten huge = new Overwritten(
                "zeros", "t", 1, Long.MAX_VALUE, Long.MAX_VALUE, "a".repeat(64), "ext4", ReadBack.CACHE, List.of());
        assertThrows(IllegalArgumentException.class, () -> new SanitizedDisk("disk", 0, huge));
    }

    @Test
    void aPurgeNeedsTheEndOfEveryCopyOfTheKey() {
        KeyCopy gone = new KeyCopy("vault", Fate.DESTROYED, AT);
        KeyCopy left = new KeyCopy("backup", Fate.EXPIRES, AT.plusSeconds(1));
        assertEquals(Method.PURGE, erased(gone).method());
        assertEquals(Method.CLEAR, erased(gone, left).method());
        assertEquals(Method.CLEAR, erased(left).method());
        assertThrows(
                IllegalArgumentException.class,
                () -> new CryptographicallyErased(
                        Method.PURGE, "key", "AES", "tool", List.of(gone, left), "ceph", List.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ErasedByStorage(Method.PURGE, "discard", "tool", "san", "asked", List.of()));
    }

    /** Messages end in logs: they never quote a value. */
    @Test
    void aRefusalDoesNotQuote() {
        String canary = "canary\n5f1d";
        assertFalse(assertThrows(
                        IllegalArgumentException.class,
                        () -> new ErasedByStorage(canary, "tool", "san", "asked", List.of()))
                .getMessage()
                .contains("canary"));
    }

    private static CryptographicallyErased erased(KeyCopy... copies) {
        return new CryptographicallyErased("key", "AES-256-XTS", "tool", List.of(copies), "ceph", List.of());
    }

    private ObjectNode told(SanitizedDisk disk) {
        try {
            return (ObjectNode) mapper.readTree(codec.encode(Facts.event(fact(disk))));
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static MediumSanitized fact(SanitizedDisk disk) {
        return new MediumSanitized(new UUID(1, 1), new UUID(2, 2), new UUID(3, 3), disk);
    }
}
