package io.tenure.provisioning.tenant;

import io.tenure.events.LifecycleFact.Command;

/** What a repeated command means for a tenant. */
public enum Repetition {
    /** Not this tenant's termination, or not the phase that it is in. */
    NOTHING,
    /** The command was never received, so it begins now. */
    BEGIN,
    /** It is under way: retry at once. */
    GO_ON,
    /** It is done: publish the result again. */
    TELL_AGAIN;

    /** For a tenant with this status, if the command belongs to its latest termination. */
    static Repetition of(Command command, TenantStatus status) {
        return switch (command) {
            case DISABLE ->
                switch (status) {
                    case DISABLING -> GO_ON;
                    case DISABLED -> TELL_AGAIN;
                    case ACTIVE, RESTORING, DELETING, DELETED -> NOTHING;
                };
            case RESTORE ->
                switch (status) {
                    case DISABLING, DISABLED -> BEGIN;
                    case RESTORING -> GO_ON;
                    case ACTIVE -> TELL_AGAIN;
                    case DELETING, DELETED -> NOTHING;
                };
            case DELETE ->
                switch (status) {
                    case DISABLED -> BEGIN;
                    case DELETING -> GO_ON;
                    case DELETED -> TELL_AGAIN;
                    case ACTIVE, DISABLING, RESTORING -> NOTHING;
                };
        };
    }
}
