package io.tenure.notification;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.tenure.kit.testing.TokenTestResource;
import io.tenure.local.testing.InfraTestResource;
import io.tenure.notification.outside.OutsideTestResource;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A test of the whole service on a real PostgreSQL, Kafka and mail server, with stand-ins for the other services. */
@QuarkusTest
@QuarkusTestResource(InfraTestResource.class)
@QuarkusTestResource(TokenTestResource.class)
@QuarkusTestResource(OutsideTestResource.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface NotificationTest {}
