package io.tenure.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every fact. */
class ContractTest {

    /** Names of fields that would carry what facts must not carry (matrix rows P5.4 and P8.2). */
    private static final Pattern FORBIDDEN =
            Pattern.compile("password|passphrase|passwd|secret|token|bearer|cookie|privatekey|apikey|signingkey|otp"
                    + "|e-?mail|phone|mobile|address|url|link$"
                    + "|(person|user|first|last|full|family|given|contact|display|admin|tenant)name"
                    + "|birth|passport|identitydocument|iban");

    static Stream<Class<? extends Fact>> facts() {
        return Facts.classes();
    }

    @ParameterizedTest
    @MethodSource("facts")
    void carriesNoSecretAndNoContact(Class<? extends Fact> fact) {
        names(fact)
                .forEach(name ->
                        assertFalse(FORBIDDEN.matcher(name.toLowerCase()).find(), fact.getSimpleName() + "." + name));
    }

    @Test
    void theRuleAgainstSecretsRecognisesThem() {
        for (String name : List.of(
                "password",
                "revealToken",
                "clientSecret",
                "contactEmail",
                "phoneNumber",
                "lastName",
                "contactName",
                "postalAddress",
                "revealUrl",
                "link",
                "dateOfBirth",
                "passportNumber",
                "userName")) {
            assertTrue(FORBIDDEN.matcher(name.toLowerCase()).find(), name);
        }
    }

    @ParameterizedTest
    @MethodSource("facts")
    void isNamedInThePastTense(Class<? extends Fact> fact) {
        assertTrue(fact.getSimpleName().matches("([A-Z][a-z]+)+(ed|Over|Set|Overdue)"), fact.getSimpleName());
    }

    @ParameterizedTest
    @MethodSource("facts")
    void isFoundByItsName(Class<? extends Fact> fact) {
        assertEquals(fact, EventType.classOf(EventType.of(fact)).orElseThrow());
        assertTrue(EventType.of(fact)
                .matches("io\\.tenure\\.(admin|provisioning|lifecycle|credential|audit|notification)" + "\\."
                        + fact.getSimpleName()));
    }

    @Test
    void topicsHaveTheirNames() {
        assertEquals(
                List.of(
                        "tenure.provisioning",
                        "tenure.lifecycle",
                        "tenure.credential",
                        "tenure.audit",
                        "tenure.notification"),
                Arrays.stream(Topic.values()).map(Topic::topicName).toList());
        assertEquals("tenure.lifecycle.audit.dlq", Topic.LIFECYCLE.deadLetterName("audit"));
    }

    private static List<String> names(Class<?> type) {
        List<String> names = new ArrayList<>();
        if (type.isSealed()) {
            for (Class<?> alternative : type.getPermittedSubclasses()) {
                names.addAll(names(alternative));
            }
            return names;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            names.add(component.getName());
            Type inner = component.getGenericType() instanceof ParameterizedType list
                    ? list.getActualTypeArguments()[0]
                    : component.getType();
            if (inner instanceof Class<?> plain && (plain.isRecord() || plain.isSealed())) {
                names.addAll(names(plain));
            }
        }
        return names;
    }
}
