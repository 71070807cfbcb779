package io.tenure.events;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person or client changed something through a service's API (matrix rows P1.3 and P5.2). Published on the topic of
 * the service that carried it out, in the same transaction as the change.
 *
 * @param action the operation in the API's words, for example {@code termination.request}
 * @param resource what it acted on, as the API's path, for example {@code /v1/terminations/0198…}
 * @param actorId the identity provider's subject of the caller: an opaque id, never a name
 * @param actorRoles the roles that the caller held
 * @param client the OAuth2 client through which the caller came; null if the token names none
 * @param tenantId the tenant concerned
 */
public record AdministrativeActionPerformed(
        String action,
        String resource,
        String actorId,
        List<String> actorRoles,
        @Nullable String client,
        UUID tenantId) implements Fact {}
