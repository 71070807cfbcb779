package io.tenure.events;

/**
 * Something that happened, named in the past tense and never changed afterwards.
 *
 * <p>A fact carries references, never a password, token, key or contact detail (matrix rows P5.4 and P8.2): what needs
 * such data fetches it from its owner at the moment of use.
 */
public sealed interface Fact
        permits AdministrativeActionPerformed,
                AuditFact,
                CredentialFact,
                LifecycleFact,
                NotificationFact,
                ProvisioningFact {}
