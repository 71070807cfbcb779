package io.tenure.credential.termination;

import io.quarkus.oidc.client.filter.OidcClientFilter;
import io.tenure.kit.confirmation.DeletionOrders;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;

/** Calls to the lifecycle service. */
@RegisterRestClient(configKey = "lifecycle")
@OidcClientFilter
interface LifecycleClient extends DeletionOrders {}
