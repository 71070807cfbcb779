package io.tenure.notification.channel.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.tenure.notification.channel.mail.MailConfig.Bounces;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The bounce mailbox is configured completely by the environment, or not at all. */
class MailConfigTest {

    private static final Map<String, String> MAIL = Map.of(
            "TENURE_MAIL_FROM", "notices@provider.example",
            "TENURE_MAIL_HOST", "mail",
            "TENURE_MAIL_PORT", "25",
            "TENURE_MAIL_TIMEOUT", "PT30S",
            "TENURE_MAIL_BOUNCE_POLL_INTERVAL", "PT1M");

    @Test
    void withoutAMailboxThereIsNone() {
        assertEquals(Optional.empty(), bounces(Map.of()));
    }

    @Test
    void fourSettingsMakeAMailbox() {
        Bounces bounces = bounces(Map.of(
                        "TENURE_MAIL_BOUNCES_ADDRESS", "bounces@provider.example",
                        "TENURE_MAIL_BOUNCES_HOST", "mail",
                        "TENURE_MAIL_BOUNCES_USERNAME", "bounces",
                        "TENURE_MAIL_BOUNCES_PASSWORD", "secret"))
                .orElseThrow();
        assertEquals("bounces@provider.example", bounces.address());
        assertEquals(OptionalInt.empty(), bounces.port());
        assertEquals(Optional.empty(), bounces.security());
        assertEquals(Optional.empty(), bounces.folder());
    }

    @Test
    void halfAMailboxIsRefused() {
        assertThrows(
                ConfigValidationException.class,
                () -> bounces(Map.of("TENURE_MAIL_BOUNCES_ADDRESS", "bounces@provider.example")));
    }

    private static Optional<Bounces> bounces(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(MAIL);
        environment.putAll(more);
        return new SmallRyeConfigBuilder()
                .withSources(new EnvConfigSource(environment, 300))
                .withMapping(MailConfig.class)
                .build()
                .getConfigMapping(MailConfig.class)
                .bounces();
    }
}
