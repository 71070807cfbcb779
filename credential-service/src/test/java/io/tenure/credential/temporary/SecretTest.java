package io.tenure.credential.temporary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class SecretTest {

    @Test
    void isLongUnambiguousAndNeverTheSame() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String secret = Secret.random().expose();
            assertTrue(secret.matches(
                    "([2-9B-DF-HJKMNP-TV-Zb-df-hjkmnp-tv-z]{6}-){3}[2-9B-DF-HJKMNP-TV-Zb-df-hjkmnp-tv-z]{6}"));
            assertTrue(secret.matches(".*[0-9].*") && secret.matches(".*[A-Z].*") && secret.matches(".*[a-z].*"));
            assertTrue(seen.add(secret));
        }
    }

    @Test
    void survivesItsWayThroughBytes() {
        Secret secret = Secret.random();
        assertEquals(secret.expose(), Secret.of(secret.bytes()).expose());
    }

    @Test
    void doesNotPrintOrSerialiseItself() {
        Secret secret = Secret.random();
        assertEquals("***", secret.toString());
        assertFalse(("leak: " + secret).contains(secret.expose()));
        Assertions.assertThrows(InvalidDefinitionException.class, () -> new ObjectMapper().writeValueAsString(secret));
    }
}
