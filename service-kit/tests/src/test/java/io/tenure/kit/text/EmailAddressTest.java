package io.tenure.kit.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {

    @ParameterizedTest
    @CsvSource({
        "ada@customer.example, ada@customer.example",
        "Ada.L+x@Customer.Example, Ada.L+x@Customer.Example",
        "ada@bücher.example, ada@xn--bcher-kva.example",
        "ada@BÜCHER.example, ada@xn--bcher-kva.example",
        "ada@xn--bcher-kva.example, ada@xn--bcher-kva.example",
        "ada@例え.テスト, ada@xn--r8jz45g.xn--zckzah",
        "ada@xn--strae-oqa.example, ada@xn--strae-oqa.example",
        "o'hara@customer.example, o'hara@customer.example"
    })
    void writesDomainsAsALabels(String text, String ascii) {
        EmailAddress address = EmailAddress.parse(text);
        assertEquals(ascii, address.toAscii());
        assertFalse(address.needsSmtpUtf8());
    }

    @Test
    void knowsWhatNeedsSmtpUtf8() {
        EmailAddress address = EmailAddress.parse("jürgen@bücher.example");
        assertTrue(address.needsSmtpUtf8());
        assertEquals("jürgen@xn--bcher-kva.example", address.toAscii());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ada",
                "@customer.example",
                "ada@",
                "ada@customer",
                "ada@customer.example.",
                "ada@.customer.example",
                "ada@customer..example",
                "ada@-customer.example",
                "ada@customer-.example",
                "ada@cust_omer.example",
                "ada@cust omer.example",
                "ada@127.0.0.1",
                "ada@[127.0.0.1]",
                ".ada@customer.example",
                "ada.@customer.example",
                "ada..l@customer.example",
                "\"ada\"@customer.example",
                "ada l@customer.example",
                "ada\u00a0l@customer.example",
                "ada,bob@customer.example",
                "ada@bob@customer.example",
                "ada<x>@customer.example",
                "ada@customer.example\r\nBcc: eve@evil.example",
                "ada@straße.example",
                "ada@xn--\u00fc.example"
            })
    void refusesWhatNobodyCanDeliver(String text) {
        assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse(text));
    }

    @Test
    void refusesWhatIsTooLong() {
        EmailAddress.parse("a".repeat(64) + "@customer.example");
        assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse("a".repeat(65) + "@customer.example"));
        assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse("ü".repeat(33) + "@customer.example"));
        EmailAddress.parse("a@" + "b".repeat(63) + ".example");
        assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse("a@" + "b".repeat(64) + ".example"));
        String long253 = ("b".repeat(49) + ".").repeat(5) + "xy";
        assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse("abc@" + long253));
    }
}
