package io.tenure.provisioning.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Uni;
import io.tenure.platform.Answer;
import io.tenure.platform.Capabilities;
import io.tenure.platform.Capabilities.Technique;
import io.tenure.platform.DriverException;
import io.tenure.platform.Inventory;
import io.tenure.platform.Operation;
import io.tenure.platform.Platform;
import io.tenure.platform.PlatformDriver;
import io.tenure.platform.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A wrong configuration is refused when the service starts. */
class PlatformsTest {

    private static final Set<Technique> WIPES = Set.of(Technique.OVERWRITE);

    @Test
    void aLocationNamesOnePlatform() {
        Platforms platforms = of(platform("one", Set.of("a", "b"), WIPES), platform("two", Set.of("c"), WIPES));
        assertThat(platforms.all()).extracting(Platform::name).containsExactly("one", "two");
        assertThat(platforms.in("b")).map(Platform::name).contains("one");
        assertThat(platforms.in("c")).map(Platform::name).contains("two");
        assertThat(platforms.in("d")).isEmpty();
        assertThat(platforms.named("two").name()).isEqualTo("two");
        assertThatThrownBy(() -> platforms.named("three"))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("not configured");
    }

    @Test
    void refusesWhatIsAmbiguousOrOfNoUse() {
        refused("No platform");
        refused("Two platforms", platform("one", Set.of("a"), WIPES), platform("one", Set.of("b"), WIPES));
        refused("both have the location a", platform("one", Set.of("a"), WIPES), platform("two", Set.of("a"), WIPES));
        refused("cannot sanitize", platform("one", Set.of("a"), Set.of()));
    }

    private static void refused(String why, Platform... platforms) {
        assertThatThrownBy(() -> of(platforms))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(why);
    }

    private static Platforms of(Platform... platforms) {
        return new Platforms(
                List.of(new PlatformDriver() {
                    @Override
                    public List<Platform> platforms() {
                        return List.of(platforms);
                    }
                }),
                null);
    }

    private static Platform platform(String name, Set<String> locations, Set<Technique> sanitization) {
        return new Platform() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Capabilities capabilities() {
                return new Capabilities(locations, sanitization);
            }

            @Override
            public Uni<Optional<UUID>> identity() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Uni<UUID> mark(UUID proposed) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Uni<String> start(Operation operation) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Uni<Answer> poll(String handle, Duration patience) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Uni<Void> cancel(String handle) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Uni<Inventory> inventory(UUID identity, UUID tenantId, Priority priority) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
