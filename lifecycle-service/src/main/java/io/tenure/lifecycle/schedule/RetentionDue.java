package io.tenure.lifecycle.schedule;

/** Fired in this process once it is committed that the gate is to be asked about a retention now. */
public record RetentionDue() {}
