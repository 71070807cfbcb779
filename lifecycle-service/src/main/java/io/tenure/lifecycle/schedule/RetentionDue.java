package io.tenure.lifecycle.schedule;

/** Fired in this process after the commit of a change that may allow a deletion to start now. */
public record RetentionDue() {}
