package io.tenure.events;

/** Facts of the audit service. */
public sealed interface AuditFact extends Fact {

    /**
     * A new tamper-evident log was opened.
     *
     * @param origin the log's name in its checkpoints (C2SP tlog-checkpoint)
     * @param verifierKey its public key as a C2SP signed-note vkey line
     */
    record LogOpened(String origin, String verifierKey) implements AuditFact {}
}
