package io.tenure.kit.confirmation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.problem.Problem;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.WebApplicationException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What the lifecycle service says about deletions. A service that deletes something extends this by a REST client with
 * its own token.
 */
public interface DeletionOrders {

    /** The problem by which lifecycle says that a termination orders no deletion. */
    String NOT_ORDERED = "deletion-not-ordered";

    /** The problem by which lifecycle says that there is no such termination, and not only no such address. */
    String NO_TERMINATION = "no-such-termination";

    /**
     * That a termination orders the deletion of a tenant.
     *
     * @param manifestDigest of the disks that are to be deleted, and no others
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record DeletionOrder(UUID terminationId, UUID tenantId, String manifestDigest) {}

    /** 404 or 409, with one of the problems above, if no deletion was ordered. */
    @GET
    @Path("/v1/terminations/{id}/deletion-order")
    Uni<DeletionOrder> deletionOrder(@PathParam("id") UUID terminationId);

    /**
     * What lifecycle says about a termination.
     *
     * @return what it ordered; empty if it says that it ordered nothing. Fails if it gives no such answer: then nothing
     *     is known
     */
    default Uni<Optional<DeletionOrder>> ask(UUID terminationId) {
        return deletionOrder(terminationId)
                .map(order -> {
                    if (!terminationId.equals(order.terminationId())
                            || order.tenantId() == null
                            || order.manifestDigest() == null) {
                        throw new IllegalStateException("The answer is not about the termination that was asked about");
                    }
                    return Optional.of(order);
                })
                .onFailure(DeletionOrders::isNo)
                .recoverWithItem(Optional.empty());
    }

    /** Only lifecycle's own problem document counts as a no; a 404 of a proxy or of another service is no answer. */
    private static boolean isNo(Throwable failure) {
        if (!(failure instanceof WebApplicationException answer)
                || !Set.of(404, 409).contains(answer.getResponse().getStatus())) {
            return false;
        }
        String problem = answer.getResponse().readEntity(String.class);
        return problem.contains(Problem.TYPES + NOT_ORDERED) || problem.contains(Problem.TYPES + NO_TERMINATION);
    }
}
