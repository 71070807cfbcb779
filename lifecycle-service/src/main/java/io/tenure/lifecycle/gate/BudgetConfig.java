package io.tenure.lifecycle.gate;

import io.smallrye.config.ConfigMapping;

/** {@code tenure.deletion-gate}: how many deletions may start per day (UTC) where no number was set: the larger of these. */
@ConfigMapping(prefix = "tenure.deletion-gate")
interface BudgetConfig {

    /** A percentage of the tenants that are known at the first look of the day, rounded down; 0 to 100. */
    int percent();

    /** So many in any case; positive. */
    int atLeast();
}
