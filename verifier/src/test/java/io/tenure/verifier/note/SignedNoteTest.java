package io.tenure.verifier.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Ed25519;
import io.tenure.verifier.tree.Merkle;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SignedNoteTest {

    /** The key and the note that Go's golang.org/x/mod/sumdb/note and sum.golang.org made known. */
    private static final String GO_VKEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    private static final NoteSigner SIGNER = NoteKeys.generate("log.example/tenure");

    @Test
    void aWellKnownKeyReadsBack() {
        NoteVerifier key = NoteVerifier.parse(GO_VKEY);
        assertThat(key.name()).isEqualTo("sum.golang.org");
        assertThat(key.keyId()).isEqualTo("033de0ae");
        assertThat(key.vkey()).isEqualTo(GO_VKEY);
    }

    @Test
    void theSpecificationsPublicKeyIsDerivedFromItsSeed() {
        // RFC 8032, 7.1, test 1
        byte[] seed = HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        assertThat(HexFormat.of().formatHex(Ed25519.publicKeyOf(seed)))
                .isEqualTo("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assertThat(HexFormat.of().formatHex(Ed25519.sign(seed, new byte[0])))
                .isEqualTo("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                        + "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    }

    @Test
    void keysReadBackFromTheirLines() {
        NoteSigner again = NoteSigner.parse(SIGNER.privateKeyLine() + "\n");
        assertThat(again.privateKeyLine()).isEqualTo(SIGNER.privateKeyLine()).startsWith("PRIVATE+KEY+log.example");
        assertThat(again.verifier().vkey()).isEqualTo(SIGNER.verifier().vkey());
        assertThat(SIGNER.toString()).doesNotContain("PRIVATE");
    }

    @Test
    void aBrokenPrivateKeyIsRefusedWithoutBeingRepeated() {
        String line = SIGNER.privateKeyLine();
        String base64 = line.split("\\+", 5)[4];
        for (String broken : new String[] {
            "",
            line.substring(1),
            line.replace("log.example", "other.example"),
            line.substring(0, line.length() - 4),
            "PRIVATE+KEY+a"
        }) {
            assertThatThrownBy(() -> NoteSigner.parse(broken))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(base64.substring(0, 12));
        }
    }

    @Test
    void aSignedNoteOpens() {
        String note = SIGNER.sign("first\n\nthird line\n");
        assertThat(SIGNER.verifier().open(note)).isEqualTo("first\n\nthird line\n");
    }

    @Test
    void signaturesOfOtherKeysAreIgnoredAndNotEnough() {
        NoteSigner witness = NoteKeys.generate("witness.example");
        String note = SIGNER.sign("text\n");
        String witnessed = note + witness.sign("text\n").substring("text\n\n".length());
        assertThat(SIGNER.verifier().open(witnessed)).isEqualTo("text\n");
        assertThat(witness.verifier().open(witnessed)).isEqualTo("text\n");
        assertThatThrownBy(() -> witness.verifier().open(note)).isInstanceOf(VerificationException.class);
        NoteSigner namesake = NoteKeys.generate("log.example/tenure");
        assertThatThrownBy(() -> namesake.verifier().open(note)).isInstanceOf(VerificationException.class);
    }

    @Test
    void malformedNotesAreRefused() {
        String note = SIGNER.sign("text\n");
        for (String broken : new String[] {
            "",
            "\n",
            "text\n",
            "text\n\n",
            note.stripTrailing(),
            note + "\n",
            note + "trailing\n",
            note.replace("\u2014", "-"),
            note.replace("text", "text\r"),
            note.replace("text", "Text")
        }) {
            assertThatThrownBy(() -> SIGNER.verifier().open(broken)).isInstanceOf(VerificationException.class);
        }
    }

    @Test
    void aSecondSpellingOfASignatureIsRefused() {
        String note = SIGNER.sign("text\n");
        // 68 bytes leave four unused bits in the last character before the padding
        int last = note.indexOf("=\n") - 1;
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        char other = alphabet.charAt(alphabet.indexOf(note.charAt(last)) ^ 1);
        String respelled = note.substring(0, last) + other + note.substring(last + 1);
        assertThat(Base64.getDecoder()
                        .decode(respelled
                                .substring(respelled.lastIndexOf(' ') + 1)
                                .strip()))
                .isEqualTo(Base64.getDecoder()
                        .decode(note.substring(note.lastIndexOf(' ') + 1).strip()));
        assertThatThrownBy(() -> SIGNER.verifier().open(respelled)).isInstanceOf(VerificationException.class);
    }

    @Test
    void checkpointsReadBackUnderTheirOwnKeyOnly() {
        Checkpoint checkpoint = new Checkpoint("log.example/tenure", 42, Merkle.emptyRoot());
        String note = checkpoint.sign(SIGNER);
        Checkpoint opened = Checkpoint.open(note, SIGNER.verifier());
        assertThat(opened.size()).isEqualTo(42);
        assertThat(opened.root()).isEqualTo(checkpoint.root());
        String foreign = new Checkpoint("other.example", 42, Merkle.emptyRoot()).sign(SIGNER);
        assertThatThrownBy(() -> Checkpoint.open(foreign, SIGNER.verifier())).isInstanceOf(VerificationException.class);
        for (String text : new String[] {
            "log.example/tenure\n042\n" + root() + "\n",
            "log.example/tenure\n42\n" + root() + "\nextension\n",
            "log.example/tenure\n42\n",
            "log.example/tenure\n-1\n" + root() + "\n",
            "log.example/tenure\n42\nAAAA\n"
        }) {
            String signed = SIGNER.sign(text);
            assertThatThrownBy(() -> Checkpoint.open(signed, SIGNER.verifier()))
                    .isInstanceOf(VerificationException.class);
        }
    }

    private static String root() {
        return Base64.getEncoder().encodeToString(Merkle.emptyRoot());
    }
}
