package io.tenure.systemtests;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Order(0)
class SystemTestsArchitectureTest {

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.tenure.(**)")
                .should()
                .beFreeOfCycles()
                .check(new ClassFileImporter().importPackages("io.tenure.systemtests"));
    }
}
