package io.tenure.kit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.tenure.kit.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class KitArchitectureTest {

    private final JavaClasses kit = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tenure.kit")
            // What tests share is no test to ArchUnit once it is in a jar.
            .that(not(resideInAPackage("io.tenure.kit.testing..")));

    /** {@link Ids} needs a clock before a service has started, and where there is none. */
    @Test
    void onlyItsKeeperAsksTheMachineForTheTime() {
        ArchitectureRules.noClassAsksTheMachineForTheTime(kit.that(not(belongToAnyOf(ClockKeeper.class, Ids.class))));
    }

    @Test
    void packagesHaveNoCycles() {
        ArchitectureRules.noCirclesBetweenPackages(kit);
    }
}
