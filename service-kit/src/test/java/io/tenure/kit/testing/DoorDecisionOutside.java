package io.tenure.kit.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.SimpleConditionEvent.satisfied;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaFieldAccess.AccessType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.access.TenantRestrictions;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.problem.Refusal;
import io.tenure.kit.task.Tasks;
import jakarta.persistence.Entity;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The law of the house: door, decision, outside. A door (a resource, the events) validates, calls and maps. A decision is a
 * domain type, which knows no door and nothing outside; what is neither is a bean, and brings the two together.
 *
 * <p>Domain types are entities and enums, whatever works with an entity or refuses with a {@link Refusal} without being made by
 * the container, and all types of the service that these are made of. Any other type that carries OpenAPI's annotations is what a
 * door shows; it may be made of domain types, and never the other way round.
 */
final class DoorDecisionOutside {

    private static final DescribedPredicate<JavaClass> ALLOWED = resideInAnyPackage(
                    "java..",
                    "io.tenure.events..",
                    "io.tenure.platform..",
                    "io.tenure.verifier..",
                    "org.hibernate.annotations..",
                    "org.jspecify.annotations..")
            .and(DescribedPredicate.not(resideInAnyPackage("java.sql..", "java.net.http..")))
            .or(belongToAnyOf(Refusal.class, Ids.class))
            .or(describe(
                    "persistence annotations",
                    one -> one.getPackageName().equals("jakarta.persistence") && (one.isAnnotation() || one.isEnum())))
            .or(describe("SqlTypes", one -> one.getName().equals("org.hibernate.type.SqlTypes")))
            .or(describe("primitives and arrays of them", one -> one.getBaseComponentType()
                    .isPrimitive()));

    private static final DescribedPredicate<JavaClass> ENTITY =
            describe("entities", one -> one.isAnnotatedWith(Entity.class));

    private final String root;

    DoorDecisionOutside(String root) {
        this.root = root;
    }

    void check(JavaClasses classes) {
        Set<JavaClass> domain = domainTypes(classes);
        classes()
                .that(describe("are domain types", domain::contains))
                .should(knowNothingOutside())
                .because("a decision knows neither HTTP nor Kafka nor SQL")
                // What the audit service decides is in the verifier.
                .allowEmptyShould(true)
                .check(classes);

        DescribedPredicate<JavaClass> resources = describe(
                "belong to a resource", one -> topLevel(one).getSimpleName().endsWith("Resource"));
        noClasses()
                .that(resources)
                .should()
                .dependOnClassesThat(type(Outbox.class)
                        .or(type(Tasks.class))
                        .or(type(UnitOfWork.class))
                        .or(type(Refusal.class))
                        .or(resideInAnyPackage("io.vertx..sqlclient..", "org.hibernate..", "jakarta.persistence..")))
                .orShould()
                .callMethodWhere(describe(
                        "it opens more than a session to read in",
                        call -> call.getTargetOwner().isEquivalentTo(Panache.class)
                                && !call.getName().equals("withSession")))
                .orShould(callTransitions())
                .because("a resource validates, calls and maps")
                .check(classes);
        classes()
                .that()
                .resideInAPackage(root)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                "java..",
                                "io.tenure.events..",
                                "io.tenure.kit.inbox..",
                                "io.tenure.kit.confirmation..",
                                "io.smallrye.mutiny..",
                                "jakarta.enterprise.context..",
                                "org.apache.kafka.clients.consumer..",
                                "org.eclipse.microprofile.reactive.messaging..",
                                "io.smallrye.reactive.messaging.annotations..")
                        .or(type(TenantRestrictions.class))
                        .or(resideInAnyPackage(root + "..").and(DescribedPredicate.not(ENTITY))))
                .because("the events' door says which fact concerns which feature, and calls it")
                // The audit service takes all facts alike.
                .allowEmptyShould(true)
                .check(classes);
    }

    private Set<JavaClass> domainTypes(JavaClasses classes) {
        Set<JavaClass> domain = new HashSet<>();
        Deque<JavaClass> found = classes.stream()
                .filter(one -> !isOutside(one))
                .filter(one -> one.isEnum() || ENTITY.test(one) || uses(one).anyMatch(ENTITY.or(type(Refusal.class))))
                .collect(Collectors.toCollection(ArrayDeque::new));
        while (!found.isEmpty()) {
            JavaClass one = found.remove();
            if (domain.add(one)) {
                uses(one).filter(used -> isOurs(used) && !isOutside(used)).forEach(found::add);
            }
        }
        return domain;
    }

    private ArchCondition<JavaClass> knowNothingOutside() {
        return new ArchCondition<>("know nothing but the contract, persistence annotations and each other") {
            @Override
            public void check(JavaClass one, ConditionEvents events) {
                one.getDirectDependenciesFromSelf().stream()
                        .filter(dependency -> {
                            JavaClass used = dependency.getTargetClass().getBaseComponentType();
                            return isOurs(used) ? isOutside(used) : !ALLOWED.test(used);
                        })
                        .forEach(dependency -> events.add(violated(one, dependency.getDescription())));
            }
        };
    }

    /** A bean, a door, or what a door shows. */
    private static boolean isOutside(JavaClass one) {
        JavaClass top = topLevel(one);
        return Stream.of("Resource", "Events", "Client").anyMatch(top.getSimpleName()::endsWith)
                || one.isAnonymousClass() && isOutside(one.getEnclosingClass().orElseThrow())
                || isMadeByTheContainer(one)
                || isShown(one);
    }

    private static boolean isMadeByTheContainer(JavaClass one) {
        return one.getAnnotations().stream()
                .map(annotation -> annotation.getRawType().getPackageName())
                .anyMatch(name -> name.startsWith("jakarta.enterprise.")
                        || name.startsWith("jakarta.inject")
                        || name.startsWith("jakarta.ws.rs")
                        || name.startsWith("io.smallrye.config"));
    }

    private static boolean isShown(JavaClass one) {
        return !one.isEnum()
                && !ENTITY.test(one)
                && uses(one).anyMatch(used -> used.getPackageName().startsWith("org.eclipse.microprofile.openapi"));
    }

    private boolean isOurs(JavaClass one) {
        return one.getPackageName().equals(root) || one.getPackageName().startsWith(root + ".");
    }

    private static Stream<JavaClass> uses(JavaClass one) {
        return one.getDirectDependenciesFromSelf().stream()
                .map(Dependency::getTargetClass)
                .map(JavaClass::getBaseComponentType);
    }

    private static JavaClass topLevel(JavaClass one) {
        return one.getEnclosingClass().map(DoorDecisionOutside::topLevel).orElse(one);
    }

    private static ArchCondition<JavaClass> callTransitions() {
        return new ArchCondition<>("call what changes an entity, or refuses") {
            @Override
            public void check(JavaClass one, ConditionEvents events) {
                one.getAccessesFromSelf().stream()
                        .filter(DoorDecisionOutside::isTransition)
                        // Negated by noClasses: an event that holds is a violation.
                        .forEach(access -> events.add(satisfied(one, access.getDescription())));
            }
        };
    }

    private static boolean isTransition(JavaAccess<?> access) {
        if (!ENTITY.test(access.getTargetOwner())) {
            return false;
        }
        if (access instanceof JavaFieldAccess field) {
            return field.getAccessType() == AccessType.SET;
        }
        return access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                && target.resolveMember()
                        .map(member -> changes((JavaCodeUnit) member, new HashSet<>()))
                        .orElse(false);
    }

    private static boolean changes(JavaCodeUnit unit, Set<JavaCodeUnit> seen) {
        return seen.add(unit)
                && (unit.getFieldAccesses().stream()
                                .anyMatch(access -> access.getAccessType() == AccessType.SET
                                        && access.getTargetOwner().equals(unit.getOwner()))
                        || unit.getConstructorCallsFromSelf().stream()
                                .anyMatch(call -> call.getTargetOwner().isEquivalentTo(Refusal.class))
                        || unit.getCallsFromSelf().stream()
                                .filter(call -> call.getTargetOwner().equals(unit.getOwner()))
                                .flatMap(call -> call.getTarget().resolveMember().stream())
                                .anyMatch(member -> changes((JavaCodeUnit) member, seen)));
    }
}
