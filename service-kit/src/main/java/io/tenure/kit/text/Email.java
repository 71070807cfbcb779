package io.tenure.kit.text;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * An e-mail address that can be delivered to; see {@link EmailAddress}. Letters outside ASCII before the @ are accepted
 * where {@code tenure.mail.smtputf8} says that the mail server offers SMTPUTF8. Null is valid.
 */
@Constraint(validatedBy = Email.Validator.class)
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Email {

    String message() default "must be an e-mail address";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Says why nothing can be delivered to an address. */
    class Validator implements ConstraintValidator<Email, String> {

        private final boolean smtpUtf8 = ConfigProvider.getConfig()
                .getOptionalValue("tenure.mail.smtputf8", Boolean.class)
                .orElse(false);

        @Override
        public boolean isValid(String value, ConstraintValidatorContext context) {
            if (value == null) {
                return true;
            }
            try {
                if (!EmailAddress.parse(value).needsSmtpUtf8() || smtpUtf8) {
                    return true;
                }
                return refuse(context, "must have ASCII letters only before the @: the mail server takes no others");
            } catch (IllegalArgumentException undeliverable) {
                return refuse(context, undeliverable.getMessage());
            }
        }

        private static boolean refuse(ConstraintValidatorContext context, String why) {
            context.disableDefaultConstraintViolation();
            context.buildConstraintViolationWithTemplate(why).addConstraintViolation();
            return false;
        }
    }
}
