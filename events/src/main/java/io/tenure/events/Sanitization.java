package io.tenure.events;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a medium was sanitized, and what proves it (matrix rows P2.1 and P4.4): one of the ways below; {@code kind} tells
 * which on the wire. A medium that cannot be found was not sanitized: two people attest its loss instead.
 *
 * <p>The method of NIST SP 800-88 Rev. 2 follows from the kind; a driver cannot choose it. A virtual medium is reached
 * only through its interface, so what is done there is {@link Method#CLEAR} at most: it does not reach what is below or
 * beside the interface. {@link Method#PURGE} is left to a cryptographic erase after which no copy of the key is left.
 * Producer and readers refuse evidence that claims otherwise.
 *
 * <p>Texts are not blank and have no control characters. All constructors throw {@link IllegalArgumentException} for
 * what cannot be true; its message never quotes a value.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Sanitization.Overwritten.class, name = Sanitization.OVERWRITTEN),
    @JsonSubTypes.Type(
            value = Sanitization.CryptographicallyErased.class,
            name = Sanitization.CRYPTOGRAPHICALLY_ERASED),
    @JsonSubTypes.Type(value = Sanitization.ErasedByStorage.class, name = Sanitization.ERASED_BY_STORAGE)
})
public sealed interface Sanitization {

    /** The {@code kind} of {@link Overwritten}. */
    String OVERWRITTEN = "OVERWRITTEN";

    /** The {@code kind} of {@link CryptographicallyErased}. */
    String CRYPTOGRAPHICALLY_ERASED = "CRYPTOGRAPHICALLY_ERASED";

    /** The {@code kind} of {@link ErasedByStorage}. */
    String ERASED_BY_STORAGE = "ERASED_BY_STORAGE";

    /** A sanitization method of NIST SP 800-88 Rev. 2, section 3.1; Destroy does not apply to a virtual medium. */
    enum Method {
        /** Holds against those who read through the medium's interface. */
        CLEAR,
        /** Holds against a laboratory too. */
        PURGE
    }

    /** Where what was written is read back from. */
    enum ReadBack {
        /** From the device, past the operating system's cache. */
        DEVICE,
        /**
         * Through the operating system's cache, because the storage offers no other way: the data may never have
         * reached the device.
         */
        CACHE
    }

    /**
     * Where earlier copies of the data may be that a sanitization does not reach; whatever holds them must be deleted
     * separately.
     */
    enum NotCovered {
        /** Blocks that the storage left behind when it wrote new ones. */
        COPY_ON_WRITE,
        SNAPSHOTS,
        REPLICAS,
        BACKUPS
    }

    /** The method that it counts as. */
    Method method();

    /** The driver and its version. */
    String tool();

    /** The storage it ran on, in the platform's words, for example {@code ext4}. */
    String storage();

    /** What it does not reach. */
    List<NotCovered> notCovered();

    /**
     * Everything on the medium that held data was overwritten and read back.
     *
     * @param method {@link Method#CLEAR}
     * @param technique what was written, for example {@code single-pass overwrite with random data}
     * @param passes how often, at least once
     * @param bytesVerified how many bytes were written and read back
     * @param bytesEmpty how many bytes were zeros before and so held no data, as in the holes of a sparse file; they
     *     were read, left as they were, and read back as zeros. Both together are the medium's size.
     * @param sha256 of the bytes that were read back and are not empty, equal to that of what was written; 64
     *     lower-case hexadecimal digits, or null where nothing had to be written
     * @param readBack where the bytes were read back from
     */
    record Overwritten(
            Method method,
            String technique,
            String tool,
            int passes,
            long bytesVerified,
            long bytesEmpty,
            @Nullable String sha256,
            String storage,
            ReadBack readBack,
            List<NotCovered> notCovered)
            implements Sanitization {

        private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

        public Overwritten {
            must(method == Method.CLEAR, "an overwrite of a virtual medium is CLEAR");
            mustBeText(technique, "technique");
            mustBeText(tool, "tool");
            must(passes >= 1, "an overwrite has at least one pass");
            must(bytesVerified >= 0 && bytesEmpty >= 0, "a number of bytes is negative");
            must(
                    bytesVerified == 0
                            ? sha256 == null
                            : sha256 != null && SHA256.matcher(sha256).matches(),
                    "a SHA-256 belongs to an overwrite that wrote something, and only to that");
            mustBeText(storage, "storage");
            must(readBack != null, "readBack is missing");
            notCovered = copy(notCovered, "notCovered");
        }

        /** With the method that follows. */
        public Overwritten(
                String technique,
                String tool,
                int passes,
                long bytesVerified,
                long bytesEmpty,
                String sha256,
                String storage,
                ReadBack readBack,
                List<NotCovered> notCovered) {
            this(
                    Method.CLEAR,
                    technique,
                    tool,
                    passes,
                    bytesVerified,
                    bytesEmpty,
                    sha256,
                    storage,
                    readBack,
                    notCovered);
        }
    }

    /**
     * The medium never held anything but ciphertext, and its key is gone or will be.
     *
     * @param method {@link Method#PURGE} if every copy of the key is destroyed, otherwise {@link Method#CLEAR}
     * @param keyId the key's name where it was kept; never the key
     * @param algorithm what the data was encrypted with, for example {@code AES-256-XTS}
     * @param copies every copy of the key that ever existed, each in a different place; at least one
     */
    record CryptographicallyErased(
            Method method,
            String keyId,
            String algorithm,
            String tool,
            List<KeyCopy> copies,
            String storage,
            List<NotCovered> notCovered)
            implements Sanitization {

        public CryptographicallyErased {
            mustBeText(keyId, "keyId");
            mustBeText(algorithm, "algorithm");
            mustBeText(tool, "tool");
            copies = copy(copies, "copies");
            must(!copies.isEmpty(), "a key has at least one copy");
            must(
                    copies.stream().map(KeyCopy::place).distinct().count() == copies.size(),
                    "two copies of a key have the same place");
            must(method == methodFor(copies), "a cryptographic erase is PURGE if no copy of the key is left, or CLEAR");
            mustBeText(storage, "storage");
            notCovered = copy(notCovered, "notCovered");
        }

        /** With the method that follows. */
        public CryptographicallyErased(
                String keyId,
                String algorithm,
                String tool,
                List<KeyCopy> copies,
                String storage,
                List<NotCovered> notCovered) {
            this(methodFor(copies), keyId, algorithm, tool, copies, storage, notCovered);
        }

        private static Method methodFor(List<KeyCopy> copies) {
            return copies.stream().allMatch(copy -> copy.fate() == KeyCopy.Fate.DESTROYED)
                    ? Method.PURGE
                    : Method.CLEAR;
        }
    }

    /**
     * A copy of a key. A copy without a known end cannot be recorded: then nothing was erased.
     *
     * @param place where it was kept, for example {@code vault primary} or {@code vault backup of 2026-11-01}
     * @param at when it was destroyed, or when it will be at the latest
     */
    record KeyCopy(String place, Fate fate, Instant at) {

        /** What became of a copy. */
        public enum Fate {
            DESTROYED,
            /** It still exists, as in a backup, and expires by itself. */
            EXPIRES
        }

        public KeyCopy {
            mustBeText(place, "place");
            must(fate != null, "fate is missing");
            must(at != null, "at is missing");
        }
    }

    /**
     * The storage erased the medium on request, or no longer has it, and confirms that itself.
     *
     * @param method {@link Method#CLEAR}: only the storage itself says so
     * @param technique what it was asked to do, for example {@code secure discard}
     * @param confirmed how it was confirmed, for example {@code task-4711 succeeded, volume not found afterwards}
     */
    record ErasedByStorage(
            Method method, String technique, String tool, String storage, String confirmed, List<NotCovered> notCovered)
            implements Sanitization {

        public ErasedByStorage {
            must(method == Method.CLEAR, "an erasure by the storage of a virtual medium is CLEAR");
            mustBeText(technique, "technique");
            mustBeText(tool, "tool");
            mustBeText(storage, "storage");
            mustBeText(confirmed, "confirmed");
            notCovered = copy(notCovered, "notCovered");
        }

        /** With the method that follows. */
        public ErasedByStorage(
                String technique, String tool, String storage, String confirmed, List<NotCovered> notCovered) {
            this(Method.CLEAR, technique, tool, storage, confirmed, notCovered);
        }
    }

    private static void must(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }

    private static void mustBeText(String text, String name) {
        must(
                text != null && !text.isBlank() && text.chars().noneMatch(Character::isISOControl),
                name + " is missing, blank or has control characters");
    }

    private static <T> List<T> copy(List<T> list, String name) {
        must(list != null && list.stream().noneMatch(each -> each == null), name + " is missing or has a gap");
        return List.copyOf(list);
    }
}
