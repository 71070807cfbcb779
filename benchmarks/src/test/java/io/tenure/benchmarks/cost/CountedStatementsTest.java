package io.tenure.benchmarks.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountedStatementsTest {

    private static final int PROTOCOL_3 = 196608;
    private static final int SSL_REQUEST = 80877103;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private void start(int code, String rest) {
        var body = rest.getBytes(StandardCharsets.UTF_8);
        said.writeBytes(ByteBuffer.allocate(8 + body.length)
                .putInt(8 + body.length)
                .putInt(code)
                .put(body)
                .array());
    }

    private void message(char type, String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        said.writeBytes(ByteBuffer.allocate(5 + bytes.length)
                .put((byte) type)
                .putInt(4 + bytes.length)
                .put(bytes)
                .array());
    }

    private int counted(int piece) {
        var statements = new CountedStatements();
        var bytes = said.toByteArray();
        int count = 0;
        for (int from = 0; from < bytes.length; from += piece) {
            var part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + piece));
            count += statements.accept(part, part.length);
        }
        return count;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 1000})
    void queriesAndExecutionsCountHoweverTheyAreCut(int piece) {
        start(PROTOCOL_3, "user\0Q\0database\0E\0\0");
        message('p', "Q password");
        message('Q', "BEGIN\0");
        message('P', "s1\0SELECT 'Q', 'E'\0\0\0");
        message('B', "\0s1\0\0\0\0\0\0\0");
        message('E', "\0\0\0\0\0");
        message('S', "");
        message('B', "\0s1\0\0\0\0\0\0\0");
        message('E', "\0\0\0\0\0");
        message('S', "");
        message('Q', "COMMIT\0");
        assertThat(counted(piece)).isEqualTo(4);
    }

    @Test
    void aRefusedRequestForEncryptionComesBeforeTheStart() {
        start(SSL_REQUEST, "");
        start(PROTOCOL_3, "user\0x\0\0");
        message('Q', "SELECT 1\0");
        assertThat(counted(5)).isEqualTo(1);
    }
}
