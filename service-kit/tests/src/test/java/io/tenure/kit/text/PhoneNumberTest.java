package io.tenure.kit.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumberTest {

    @ParameterizedTest
    @CsvSource({
        "+49 69 1234567, +49 69 1234567",
        "+49691234567, +49 69 1234567",
        "+49 (69) 123-4567, +49 69 1234567",
        "+49 69 1234567 ext. 12, +49 69 1234567 ext. 12",
        "tel:+49-69-1234567;ext=12, +49 69 1234567 ext. 12",
        "+49-69-1234567;ext=12, +49 69 1234567 ext. 12",
        "+1 212 555 0123 x7, +1 212-555-0123 ext. 7",
        "+39 06 1234567, +39 06 123 4567"
    })
    void writesNumbersInOneForm(String text, String form) {
        assertEquals(form, PhoneNumber.parse(text).orElseThrow().text());
        assertEquals(form, PhoneNumber.parse(form).orElseThrow().text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "069 1234567",
                "0049 69 1234567",
                "+",
                "+49",
                "+49 1",
                "+999 123456789",
                "call me",
                "+49 69 123456789012345"
            })
    void refusesWhatCannotBeDialledFromAnywhere(String text) {
        assertTrue(PhoneNumber.parse(text).isEmpty());
    }
}
