package io.tenure.local.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

/**
 * Gives a {@code @QuarkusTest} real servers and the configuration to find them: {@code tenure.db.*} and
 * {@code kafka.bootstrap.servers}. The database is named as the service: the initial argument {@code service}, or else
 * {@code tenure.service} of the module's {@code application.properties}.
 */
public final class InfraTestResource implements QuarkusTestResourceLifecycleManager {

    private String service;
    private TestInfra infra;

    @Override
    public void init(Map<String, String> initArgs) {
        service = initArgs.containsKey("service") ? initArgs.get("service") : configured();
    }

    @Override
    public Map<String, String> start() {
        infra = TestInfra.start(service);
        return infra.config();
    }

    @Override
    public void stop() {
        if (infra != null) {
            infra.close();
            infra = null;
        }
    }

    @Override
    public void inject(TestInjector testInjector) {
        testInjector.injectIntoFields(infra, new TestInjector.MatchesType(TestInfra.class));
    }

    private static String configured() {
        try (var in = Thread.currentThread().getContextClassLoader().getResourceAsStream("application.properties")) {
            var properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            var name = properties.getProperty("tenure.service");
            if (name == null) {
                throw new IllegalStateException("no tenure.service in application.properties: give the test resource"
                        + " an initial argument 'service' that names the database");
            }
            return name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
