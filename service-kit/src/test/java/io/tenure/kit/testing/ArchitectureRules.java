package io.tenure.kit.testing;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.time.Clock;
import java.util.Date;
import java.util.UUID;
import org.hibernate.annotations.DynamicInsert;
import org.hibernate.annotations.DynamicUpdate;

/** The boundaries that hold in every service; see {@code docs/architecture.md}. */
public final class ArchitectureRules {

    private ArchitectureRules() {}

    /**
     * Checks the production classes of {@code io.tenure.<service>}.
     *
     * @param more packages of modules that are made for this service
     */
    public static void check(String service, String... more) throws IOException {
        String root = "io.tenure." + service;
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(root);

        classes()
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage("io.tenure..")
                        .or(resideInAnyPackage(
                                root + "..", "io.tenure.events..", "io.tenure.kit..", "io.tenure.verifier.."))
                        .or(resideInAnyPackage(more)))
                .because("services share the contract and the kit, and nothing else")
                .check(classes);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tenure.verifier.encoding..")
                .because("how evidence is spelled is the verifier's own business")
                .check(classes);
        slices().matching(root + ".(*)..")
                .should()
                .beFreeOfCycles()
                .because("a feature can be read, and taken out, by itself")
                .check(classes);
        noCirclesBetweenPackages(classes);
        noClassAsksTheMachineForTheTime(classes);
        noClasses()
                .should()
                .callMethod(UUID.class, "randomUUID")
                .because("ids are UUIDv7, from io.tenure.kit.Ids")
                .check(classes);
        noClasses()
                .should()
                .beAnnotatedWith(DynamicUpdate.class)
                .orShould()
                .beAnnotatedWith(DynamicInsert.class)
                .because("Hibernate Reactive puts statements with different columns into one batch, which fails")
                .check(classes);
        new DoorDecisionOutside(root).check(classes);
        new ServiceShape(service).check(classes);
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .because("behaviour lives where it belongs")
                .check(classes);
    }

    /** Nested packages and the package above them count as rooms of their own. */
    public static void noCirclesBetweenPackages(JavaClasses classes) {
        slices().matching("io.tenure.(**)")
                .should()
                .beFreeOfCycles()
                .because("a room is understood without those that use it")
                .check(classes);
    }

    /** The machine of a replica may be a day off; the injected {@link Clock} is the database's. */
    public static void noClassAsksTheMachineForTheTime(JavaClasses classes) {
        noClasses()
                .should()
                .callMethodWhere(target(nameMatching("now|systemUTC|systemDefaultZone|system|tickMillis|tickSeconds"))
                        .and(target(owner(resideInAPackage("java.time..")))))
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callConstructor(Date.class)
                .because("time comes from the injected Clock, which is the database's")
                .check(classes);
    }
}
