package io.tenure.lifecycle.termination;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tenure.events.MatrixRow;
import io.tenure.lifecycle.termination.Checklist.Unconfirmed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChecklistTest {

    private static final List<String> ITEMS = List.of(
            "dataBackedUp",
            "sensitiveDataErasedOrEncrypted",
            "usersDecommissioned",
            "integrationsDisabled",
            "ownPoliciesFollowed");
    private static final List<MatrixRow> ROWS =
            List.of(MatrixRow.C2_1, MatrixRow.C2_2, MatrixRow.C2_3, MatrixRow.C2_3, MatrixRow.C2_4);

    @Test
    void acceptsOnlyACompleteChecklist() {
        assertEquals(List.of(), new Checklist(true, true, true, true, true).unconfirmed());
    }

    /** All 3^5 - 1 ways to leave something unconfirmed. */
    @Test
    void namesEachUnconfirmedItemWithItsRow() {
        Boolean[] values = {true, false, null};
        for (int code = 1; code < 243; code++) {
            Boolean[] given = new Boolean[5];
            List<Unconfirmed> expected = new ArrayList<>();
            int rest = code;
            for (int item = 0; item < 5; item++) {
                given[item] = values[rest % 3];
                rest /= 3;
                if (given[item] != Boolean.TRUE) {
                    expected.add(new Unconfirmed(
                            ITEMS.get(item), ROWS.get(item), given[item] == null ? "missing" : "false"));
                }
            }
            Checklist checklist = new Checklist(given[0], given[1], given[2], given[3], given[4]);

            assertEquals(expected, checklist.unconfirmed());
        }
    }
}
