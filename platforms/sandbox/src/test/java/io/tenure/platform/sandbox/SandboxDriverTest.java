package io.tenure.platform.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.tenure.platform.Platform;
import io.tenure.platform.PlatformDriver;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which sandboxes there are is a matter of configuration. */
@QuarkusTest
class SandboxDriverTest {

    @TempDir
    Path directory;

    @Inject
    PlatformDriver driver;

    @Test
    void hasOnePlatformForEachRoot() {
        assertThat(driver.platforms()).extracting(Platform::name).containsExactly("sandbox", "spare");
        assertThat(driver.platforms())
                .extracting(platform -> platform.capabilities().locations())
                .containsExactly(Set.of("de-fra-1"), Set.of("de-ber-1", "fr-par-1"));
        assertThat(Path.of("target/sandbox/.state")).isDirectory();
        assertThat(Path.of("target/spare/.state")).isDirectory();
    }

    private static SandboxConfig configured(Map<String, String> settings) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withMapping(SandboxConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build();
        return config.getConfigMapping(SandboxConfig.class);
    }

    private Map<String, String> root(String prefix, String name) {
        return Map.of(prefix + ".root", directory.resolve(name).toString(), prefix + ".locations", "de-fra-1");
    }

    private static Map<String, String> both(Map<String, String> one, Map<String, String> other) {
        Map<String, String> all = new HashMap<>(one);
        all.putAll(other);
        return all;
    }

    @Test
    void aRootAndLocationsAreEnough() {
        SandboxConfig.Instance spare =
                configured(root("tenure.sandbox.spare", "spare")).instances().get("spare");

        assertThat(spare.root()).contains(directory.resolve("spare"));
        assertThat(spare.locations()).contains(Set.of("de-fra-1"));
        assertThat(spare.largestDiskMib()).isEqualTo(4096);
        assertThat(spare.reserveMib()).isEqualTo(256);
        assertThat(spare.lockWait()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void thereMayBeNone() {
        assertThat(new SandboxDriver(configured(Map.of())).platforms()).isEmpty();
        SandboxDriver spare = new SandboxDriver(configured(root("tenure.sandbox.spare", "spare")));
        assertThat(spare.platforms()).extracting(Platform::name).containsExactly("spare");
        spare.close();
    }

    @Test
    void whatIsNeededIsNamed() {
        SandboxConfig rootless = configured(Map.of("tenure.sandbox.locations", "de-fra-1"));
        assertThatThrownBy(() -> new SandboxDriver(rootless)).hasMessage("tenure.sandbox.root is missing");
        SandboxConfig nowhere = configured(
                Map.of("tenure.sandbox.spare.root", directory.resolve("spare").toString()));
        assertThatThrownBy(() -> new SandboxDriver(nowhere)).hasMessage("tenure.sandbox.spare.locations is missing");
        SandboxConfig nothing = configured(Map.of("tenure.sandbox.spare.reserve-mib", "1"));
        assertThatThrownBy(() -> new SandboxDriver(nothing)).hasMessage("tenure.sandbox.spare.root is missing");
        assertThat(directory).isEmptyDirectory();
    }

    /** A root carries one mark, and what lies in one platform would lie in the other too. */
    @Test
    void eachHasARootOfItsOwn() {
        for (String other : new String[] {"one", "one/below", "one/../one"}) {
            SandboxConfig config = configured(both(root("tenure.sandbox", "one"), root("tenure.sandbox.spare", other)));
            assertThatThrownBy(() -> new SandboxDriver(config))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("share a directory");
        }
    }

    @Test
    void aRootThatCannotBeUsedIsSeenAtStart() throws IOException {
        Files.writeString(directory.resolve("file"), "no directory");
        SandboxConfig config = configured(both(root("tenure.sandbox", "one"), root("tenure.sandbox.spare", "file")));
        assertThatThrownBy(() -> new SandboxDriver(config))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tenure.sandbox.spare.root must be a directory");
    }
}
