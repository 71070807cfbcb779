package io.tenure.kit.task;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class TaskTimeTest {

    /** Leases and due times must not depend on the replicas' clocks, one of which may be a day ahead. */
    @Test
    void noReplicasClockDecidesAboutTasks() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .because("the database's clock decides")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.tenure.kit.task"));
    }
}
