package io.tenure.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class LocalArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tenure.local");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.tenure.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void whoWantsNoContainersLoadsNothingOfTestcontainers() {
        var containers = "io\\.tenure\\.local\\.testing\\.(ContainerServers|ServerContainer)(\\$.*)?";
        noClasses()
                .that()
                .haveNameNotMatching(containers)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.testcontainers..", "com.github.dockerjava..")
                .check(CLASSES);
        noClasses()
                .that()
                .haveNameNotMatching(containers)
                .and()
                .doNotHaveFullyQualifiedName("io.tenure.local.testing.TestServers")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(containers)
                .check(CLASSES);
    }
}
