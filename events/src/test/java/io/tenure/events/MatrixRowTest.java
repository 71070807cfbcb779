package io.tenure.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixRowTest {

    @ParameterizedTest
    @EnumSource
    void aRowIsItsIdWhereverItIsWritten(MatrixRow row) throws Exception {
        assertTrue(row.id().matches("[PC][1-8]\\.[1-8][a-c]?"), row.id());
        assertEquals(row.name(), row.id().replace('.', '_').toUpperCase(Locale.ROOT));
        assertEquals(row, MatrixRow.of(row.id()));
        assertEquals("\"" + row.id() + "\"", new ObjectMapper().writeValueAsString(row));
    }

    @ParameterizedTest
    @ValueSource(strings = {"P9.1", "P1_6A", "p1.6a", ""})
    void whatTheMatrixDoesNotHaveIsNoRow(String id) {
        assertThrows(IllegalArgumentException.class, () -> MatrixRow.of(id));
    }
}
