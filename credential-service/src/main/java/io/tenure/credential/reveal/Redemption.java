package io.tenure.credential.reveal;

import io.tenure.credential.temporary.Secret;
import io.tenure.events.CredentialFact.RefusalReason;
import io.tenure.events.CredentialFact.Target;
import java.util.UUID;

/** The result of using a link. */
sealed interface Redemption {

    /** The first use. */
    record Shown(String username, Secret secret, Target target, UUID targetId) implements Redemption {}

    record Refused(RefusalReason reason) implements Redemption {}

    record Unknown() implements Redemption {}
}
