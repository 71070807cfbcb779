package io.tenure.kit.confirmation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.problem.Problem;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
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

    /** The problem by which lifecycle says that a legal hold forbids to go on with a deletion that it ordered. */
    String HELD = "held";

    /**
     * That a termination orders the deletion of a tenant.
     *
     * @param manifestDigest of the disks that are to be deleted, and no others
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record DeletionOrder(UUID terminationId, UUID tenantId, String manifestDigest) {}

    /** What lifecycle says when it is asked. */
    sealed interface Answer {

        /** It ordered this deletion, and nothing holds it. */
        record Ordered(DeletionOrder order) implements Answer {}

        /** It ordered none. */
        record NotOrdered() implements Answer {}

        /** It ordered one, and a legal hold forbids to go on for now. It repeats the command after the release. */
        record Held() implements Answer {}
    }

    /** 404 or 409, with one of the problems above, if nothing may be deleted now. */
    @GET
    @Path("/v1/terminations/{id}/deletion-order")
    Uni<DeletionOrder> deletionOrder(
            @PathParam("id") UUID terminationId, @QueryParam("assetId") UUID assetId, @QueryParam("vdcId") UUID vdcId);

    /**
     * What lifecycle says about the deletion of what belongs to a tenant as a whole.
     *
     * @return fails if lifecycle gives no such answer: then nothing is known
     */
    default Uni<Answer> ask(UUID terminationId) {
        return ask(terminationId, null, null);
    }

    /**
     * What lifecycle says about the deletion of an asset. A hold may name only one.
     *
     * @param assetId null for what belongs to the tenant as a whole
     * @param vdcId the virtual data center that the asset lies in, or null
     * @return fails if lifecycle gives no such answer: then nothing is known
     */
    default Uni<Answer> ask(UUID terminationId, UUID assetId, UUID vdcId) {
        return deletionOrder(terminationId, assetId, vdcId)
                .<Answer>map(order -> {
                    if (!terminationId.equals(order.terminationId())
                            || order.tenantId() == null
                            || order.manifestDigest() == null) {
                        throw new IllegalStateException("The answer is not about the termination that was asked about");
                    }
                    return new Answer.Ordered(order);
                })
                .onFailure(WebApplicationException.class)
                .recoverWithUni(failure -> refused((WebApplicationException) failure));
    }

    /** Only lifecycle's own problem document counts as a no; a 404 of a proxy or of another service is no answer. */
    private static Uni<Answer> refused(WebApplicationException answer) {
        if (Set.of(404, 409).contains(answer.getResponse().getStatus())) {
            String problem = answer.getResponse().readEntity(String.class);
            if (says(problem, HELD)) {
                return Uni.createFrom().item(new Answer.Held());
            }
            if (says(problem, NOT_ORDERED) || says(problem, NO_TERMINATION)) {
                return Uni.createFrom().item(new Answer.NotOrdered());
            }
        }
        return Uni.createFrom().failure(answer);
    }

    private static boolean says(String problem, String slug) {
        return problem.contains("\"" + Problem.TYPES + slug + "\"");
    }
}
