package io.tenure.verifier.offline;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.verifier.VerificationException;
import io.tenure.verifier.certificate.Certificate;
import io.tenure.verifier.certificate.CertificatePublicKey;
import io.tenure.verifier.encoding.Json;
import io.tenure.verifier.encoding.StrictBase64;
import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.note.NoteVerifier;
import io.tenure.verifier.note.TlogProof;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The offline verifier. It takes one file and needs no server:
 *
 * <ul>
 *   <li>a proof of one event: what {@code GET /v1/events/{id}/proof} answers, or a tlog-proof v1 file whose
 *       {@code extra} is the event;
 *   <li>a certificate (flattened JWS JSON);
 *   <li>an evidence bundle: a certificate, its keys, the log's key, and the named events with their proofs.
 * </ul>
 *
 * Every part of a file is checked by something, so that any changed bit makes a finding fail; parts that nothing would
 * check are refused.
 */
public final class OfflineVerifier {

    /** Larger files are refused: a bundle carries a few kilobytes for each event. */
    private static final long MAX_FILE_LENGTH = 256L << 20;

    /**
     * One thing that was checked.
     *
     * @param name what, in a few words
     * @param ok whether it held
     * @param detail what was found, safe to print
     */
    public record Finding(String name, boolean ok, String detail) {}

    /**
     * The outcome for one file.
     *
     * @param kind {@code proof}, {@code certificate}, {@code bundle} or {@code unknown}
     * @param findings in the order in which they were made, at least one
     */
    public record Report(String kind, List<Finding> findings) {

        public Report {
            findings = List.copyOf(findings);
        }

        /** Whether every finding held. */
        public boolean ok() {
            return !findings.isEmpty() && findings.stream().allMatch(Finding::ok);
        }
    }

    private final Optional<String> givenLogKey;
    private final Optional<String> givenCertificateKeys;
    private final List<Finding> findings = new ArrayList<>();

    private OfflineVerifier(Optional<String> logKey, Optional<String> certificateKeys) {
        this.givenLogKey = logKey;
        this.givenCertificateKeys = certificateKeys;
    }

    /**
     * Verifies a file.
     *
     * @param logKey the log's vkey line, from a source that the file's maker does not control
     * @param certificateKeys a JWK set, likewise
     * @throws IOException if the file cannot be read; whatever it contains ends in a report
     */
    public static Report file(Path file, Optional<String> logKey, Optional<String> certificateKeys) throws IOException {
        if (Files.size(file) > MAX_FILE_LENGTH) {
            return new Report("unknown", List.of(new Finding("file", false, "larger than 256 MiB")));
        }
        return document(Files.readAllBytes(file), logKey, certificateKeys);
    }

    /** Verifies a file's content; see {@link #file}. */
    public static Report document(byte[] content, Optional<String> logKey, Optional<String> certificateKeys) {
        OfflineVerifier verify = new OfflineVerifier(logKey, certificateKeys);
        return new Report(verify.run(content), verify.findings);
    }

    private String run(byte[] content) {
        String kind = "unknown";
        try {
            String text = utf8(content);
            if (text.startsWith("c2sp.org/tlog-proof@")) {
                kind = "proof";
                proofFile(text);
                return kind;
            }
            JsonNode json = Json.parse(text);
            if (json.has("certificate")) {
                kind = "bundle";
                bundle(json);
            } else if (json.has("payload")) {
                kind = "certificate";
                certificate(json);
            } else if (json.has("proof")) {
                kind = "proof";
                proofAnswer(json);
            } else {
                throw new VerificationException("neither a proof, a certificate nor an evidence bundle");
            }
        } catch (VerificationException e) {
            findings.add(new Finding("file", false, e.getMessage()));
        }
        return kind;
    }

    private void proofFile(String text) {
        TlogProof proof = TlogProof.parse(text);
        if (proof.extra() == null) {
            throw new VerificationException("the proof stands alone: its event is not in the file");
        }
        requireLogKey().ifPresent(key -> inclusion(new EvidenceBundle.Proven(proof.extra(), text), key));
    }

    private void proofAnswer(JsonNode json) {
        Json.requireFields(json, Set.of("index", "eventId", "event", "proof"), Set.of(), "the proof");
        byte[] event = StrictBase64.decode(Json.text(json, "event"), "the event");
        String proof = Json.text(json, "proof");
        check("event", () -> {
            if (!EvidenceBundle.idOf(event).equals(Json.text(json, "eventId"))) {
                throw new VerificationException("the event has another id than the file says");
            }
            JsonNode index = json.get("index");
            if (!index.isIntegralNumber()
                    || !index.canConvertToLong()
                    || index.longValue() != TlogProof.parse(proof).index()) {
                throw new VerificationException("the proof is for another index than the file says");
            }
            return "the file names the event and the index that it proves";
        });
        requireLogKey().ifPresent(key -> inclusion(new EvidenceBundle.Proven(event, proof), key));
    }

    private void certificate(JsonNode json) {
        if (givenCertificateKeys.isEmpty()) {
            throw new VerificationException("a certificate alone needs the certificate keys from outside");
        }
        check("certificate signature", () -> {
            Certificate certificate = Certificate.open(json, CertificatePublicKey.fromJwks(givenCertificateKeys.get()));
            return "names " + certificate.events().size() + " event(s); their proofs are not in this file";
        });
    }

    private void bundle(JsonNode json) {
        EvidenceBundle.Contents contents = EvidenceBundle.read(json);
        Optional<NoteVerifier> logKey = bundleLogKey(contents);
        Optional<List<CertificatePublicKey>> keys = bundleCertificateKeys(contents);
        Map<String, byte[]> proven = new HashMap<>();
        logKey.ifPresent(key -> contents.events()
                .forEach(event -> inclusion(event, key).ifPresent(id -> proven.put(id, event.bytes()))));
        if (keys.isEmpty()) {
            return;
        }
        List<Certificate> opened = new ArrayList<>();
        check("certificate signature", () -> {
            opened.add(Certificate.open(contents.certificate(), keys.get()));
            return "verified";
        });
        for (Certificate certificate : opened) {
            for (Certificate.NamedEvent named : certificate.events()) {
                check("certificate event " + named.id(), () -> {
                    byte[] event = proven.get(named.id());
                    if (event == null) {
                        throw new VerificationException("named by the certificate, not proven in the bundle");
                    }
                    if (!Certificate.sha256Hex(event).equals(named.sha256())) {
                        throw new VerificationException("the proven event is not the one the certificate names");
                    }
                    return "proven, with the hash that the certificate names";
                });
            }
            checked(
                            "manifest",
                            Manifest.Accounted::summary,
                            () -> Manifest.check(
                                    certificate.payload(),
                                    certificate.events().stream()
                                            .map(named -> proven.get(named.id()))
                                            .filter(Objects::nonNull)
                                            .toList()))
                    .ifPresent(accounted -> findings.addAll(accounted.media()));
        }
        check("events", () -> {
            Set<String> ids = new HashSet<>(proven.keySet());
            if (ids.size() != contents.events().size()) {
                throw new VerificationException("an event is in the bundle twice or is not proven");
            }
            return ids.size() + " event(s), each once";
        });
    }

    private Optional<NoteVerifier> bundleLogKey(EvidenceBundle.Contents contents) {
        return checked("log key", key -> key.vkey() + givenOrNot(givenLogKey), () -> {
            NoteVerifier inside = NoteVerifier.parse(contents.vkey());
            if (givenLogKey.isPresent()
                    && !NoteVerifier.parse(givenLogKey.get()).vkey().equals(inside.vkey())) {
                throw new VerificationException("the bundle was made for another log key than the one given");
            }
            return inside;
        });
    }

    private Optional<List<CertificatePublicKey>> bundleCertificateKeys(EvidenceBundle.Contents contents) {
        return checked("certificate keys", keys -> keys.size() + " key(s)" + givenOrNot(givenCertificateKeys), () -> {
            List<CertificatePublicKey> inside = CertificatePublicKey.fromJwks(contents.certificateKeys());
            if (givenCertificateKeys.isPresent()
                    && !Set.copyOf(CertificatePublicKey.fromJwks(givenCertificateKeys.get()))
                            .containsAll(inside)) {
                throw new VerificationException("the bundle has a certificate key that is not among those given");
            }
            return inside;
        });
    }

    private static String givenOrNot(Optional<String> given) {
        return given.isPresent() ? ", as given" : ", taken from the bundle itself";
    }

    private Optional<NoteVerifier> requireLogKey() {
        return checked(
                "log key",
                key -> key.vkey() + ", as given",
                () -> NoteVerifier.parse(givenLogKey.orElseThrow(
                        () -> new VerificationException("a proof alone needs the log's key from outside"))));
    }

    /** Checks one event's proof; gives the event's id if it held. */
    private Optional<String> inclusion(EvidenceBundle.Proven event, NoteVerifier key) {
        String id;
        try {
            id = EvidenceBundle.idOf(event.bytes());
        } catch (VerificationException e) {
            findings.add(new Finding("event", false, "an event of the file is not a CloudEvent"));
            return Optional.empty();
        }
        boolean held = check("inclusion of event " + id, () -> {
            TlogProof proof = TlogProof.parse(event.proof());
            if (proof.extra() != null && !Arrays.equals(proof.extra(), event.bytes())) {
                throw new VerificationException("the proof's extra data is not the event");
            }
            Checkpoint checkpoint = proof.verify(event.bytes(), key);
            return "entry " + proof.index() + " of " + checkpoint.size() + " in " + checkpoint.origin();
        });
        return held ? Optional.of(id) : Optional.empty();
    }

    private boolean check(String name, Supplier<String> check) {
        return checked(name, detail -> detail, check).isPresent();
    }

    private <T> Optional<T> checked(String name, Function<T, String> detail, Supplier<T> check) {
        try {
            T value = check.get();
            findings.add(new Finding(name, true, detail.apply(value)));
            return Optional.of(value);
        } catch (VerificationException e) {
            findings.add(new Finding(name, false, e.getMessage()));
            return Optional.empty();
        }
    }

    private static String utf8(byte[] content) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new VerificationException("the file is not text in UTF-8");
        }
    }
}
