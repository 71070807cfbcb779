package io.tenure.platform.sandbox;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.tenure.platform.Answer;
import io.tenure.platform.DriverException;
import io.tenure.platform.Intent;
import io.tenure.platform.Operation;
import io.tenure.platform.Outcome;
import io.tenure.platform.Presence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The last operation on an asset and how it ended, and the highest epoch that was ever at the asset: one small file,
 * which is replaced as a whole and stays when the asset is gone. Whoever writes it holds the asset's lock.
 */
final class Journal {

    private static final ObjectMapper MAPPER = mapper();

    private final Path file;
    private final Path progress;

    /** Where an operation stands in its life. */
    enum State {
        RUNNING,
        DONE,
        FAILED
    }

    /**
     * What is in the file.
     *
     * @param epoch the highest one
     * @param operation null where an epoch is all that is known
     * @param outcome null unless it is done
     * @param error null unless it failed
     * @param reason null unless it failed
     */
    record Entry(
            long epoch,
            UUID operation,
            Intent intent,
            State state,
            Outcome outcome,
            DriverException.Kind error,
            String reason) {

        private static final Entry NONE = new Entry(0, null, null, null, null, null, null);

        boolean isOf(UUID id) {
            return id.equals(operation);
        }

        /** How an operation ended; empty if this does not tell. */
        Optional<Answer> endOf(UUID id) {
            if (!isOf(id)) {
                return Optional.empty();
            }
            return switch (state) {
                case RUNNING -> Optional.empty();
                case DONE -> Optional.of(new Answer.Done(outcome));
                case FAILED -> Optional.of(new Answer.Failed(DriverException.of(error, reason)));
            };
        }

        private Entry withEpoch(long later) {
            return new Entry(later, operation, intent, state, outcome, error, reason);
        }
    }

    Journal(Path directory, String key) {
        this.file = directory.resolve(key);
        this.progress = directory.resolve(key + ".progress");
    }

    /** @throws DriverException if it cannot be read: then nobody knows who was there */
    Entry read() throws IOException {
        try {
            return MAPPER.readValue(Files.readAllBytes(file), Entry.class);
        } catch (NoSuchFileException first) {
            return Entry.NONE;
        } catch (JsonProcessingException unreadable) {
            throw DriverException.passing(
                    "what the platform keeps about the asset's operations cannot be read: an operator must restore it",
                    unreadable);
        }
    }

    /** Lets a worker go on, unless one with a higher epoch was here before it. */
    void admit(long epoch) throws IOException {
        if (!raise(epoch)) {
            throw overtaken();
        }
    }

    /** Keeps workers with a lower epoch out. @return false if one with a higher epoch was here before */
    boolean raise(long epoch) throws IOException {
        Entry before = read();
        if (epoch > before.epoch()) {
            write(before.withEpoch(epoch));
        }
        return epoch >= before.epoch();
    }

    /** Lets a worker go on as {@link #admit} does, and keeps that its operation runs. */
    void begin(Operation operation) throws IOException {
        if (operation.epoch() < read().epoch()) {
            throw overtaken();
        }
        Files.deleteIfExists(progress);
        write(new Entry(
                operation.epoch(), operation.id(), operation.command().intent(), State.RUNNING, null, null, null));
    }

    private static DriverException overtaken() {
        return DriverException.conflict("a later worker was at the asset already");
    }

    void done(Operation operation, Outcome outcome) throws IOException {
        end(new Entry(
                operation.epoch(), operation.id(), operation.command().intent(), State.DONE, outcome, null, null));
    }

    void failed(Operation operation, DriverException error) throws IOException {
        end(new Entry(
                operation.epoch(),
                operation.id(),
                operation.command().intent(),
                State.FAILED,
                null,
                error.kind(),
                error.getMessage()));
    }

    private void end(Entry entry) throws IOException {
        write(entry);
        Files.deleteIfExists(progress);
    }

    private void write(Entry entry) throws IOException {
        Files.createDirectories(file.getParent());
        DurableFiles.replace(file, MAPPER.writeValueAsBytes(entry));
    }

    /** In a file of its own, which may be lost in a power failure: nothing is decided by it. */
    void progress(Answer.Running running) throws IOException {
        Files.writeString(progress, running.done() + " " + running.total());
    }

    Answer.Running progress() {
        try {
            String[] numbers =
                    Files.readString(progress, StandardCharsets.US_ASCII).split(" ");
            return new Answer.Running(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException none) {
            return new Answer.Running(0, 0);
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    private interface Named {}

    private static ObjectMapper mapper() {
        JsonMapper.Builder builder = JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        for (Class<?> sealed : List.of(Outcome.class, Presence.class, DriverException.Kind.class)) {
            builder.addMixIn(sealed, Named.class);
            for (Class<?> each : sealed.getPermittedSubclasses()) {
                builder.registerSubtypes(new NamedType(each, each.getSimpleName()));
            }
        }
        return builder.build();
    }
}
