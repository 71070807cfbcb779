package io.tenure.kit.text;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber;
import java.util.Optional;

/**
 * A telephone number that can be dialled from anywhere: it begins with + and a country code, since a provider has
 * customers in more than one country and a guess would call somebody else. An extension may follow ({@code ext. 12},
 * {@code ;ext=12}).
 *
 * @param text as ITU-T E.123 writes it: {@code +49 69 1234567 ext. 12}
 */
public record PhoneNumber(String text) {

    private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();

    /** Empty unless the text is such a number, with as many digits as its country gives. */
    public static Optional<PhoneNumber> parse(String text) {
        try {
            Phonenumber.PhoneNumber number = NUMBERS.parse(text, null);
            return NUMBERS.isPossibleNumber(number)
                    ? Optional.of(new PhoneNumber(NUMBERS.format(number, PhoneNumberFormat.INTERNATIONAL)))
                    : Optional.empty();
        } catch (NumberParseException noNumber) {
            return Optional.empty();
        }
    }

    /** Nothing, so that it appears in no log. */
    @Override
    public String toString() {
        return "PhoneNumber";
    }
}
