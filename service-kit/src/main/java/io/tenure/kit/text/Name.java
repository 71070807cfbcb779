package io.tenure.kit.text;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A name, or a reference by name: one line that is not blank. What no text may contain is refused before, where the body is
 * read. Null is valid.
 */
@Constraint(validatedBy = Name.Validator.class)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Name {

    /** The most code points. */
    int max();

    String message() default "must have 1 to {max} characters, not only blanks";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Counts code points, as contracts do. */
    class Validator implements ConstraintValidator<Name, String> {

        private int max;

        @Override
        public void initialize(Name name) {
            max = name.max();
        }

        @Override
        public boolean isValid(String value, ConstraintValidatorContext context) {
            return value == null || !Text.normalised(value).isEmpty() && Text.length(value) <= max;
        }
    }
}
