package io.tenure.provisioning;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.tenure.kit.testing.LifecycleTestResource;
import io.tenure.kit.testing.TokenTestResource;
import io.tenure.local.testing.InfraTestResource;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A test of the running service on a real PostgreSQL, a real Kafka and real disks, which all such tests share. */
@QuarkusTest
@QuarkusTestResource(InfraTestResource.class)
@QuarkusTestResource(TokenTestResource.class)
@QuarkusTestResource(LifecycleTestResource.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface ProvisioningTest {}
