package io.tenure.credential;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.tenure.kit.testing.LifecycleTestResource;
import io.tenure.kit.testing.TokenTestResource;
import io.tenure.local.testing.InfraTestResource;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test of the whole service, on a real PostgreSQL and a real Kafka; Keycloak starts in parallel for the test that
 * needs it.
 */
@QuarkusTest
@QuarkusTestResource(InfraTestResource.class)
@QuarkusTestResource(TokenTestResource.class)
@QuarkusTestResource(KeycloakTestResource.class)
@QuarkusTestResource(value = LifecycleTestResource.class, initArgs = @ResourceArg(name = "tokens", value = "false"))
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface CredentialTest {}
