package io.tenure.verifier;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class VerifierArchitectureTest {

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tenure.verifier");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.tenure.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void theTreeKnowsNothingOfWhatIsSigned() {
        noClasses()
                .that()
                .resideInAPackage("..tree..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..note..", "..certificate..", "..offline..")
                .check(classes);
    }
}
