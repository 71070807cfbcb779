package io.tenure.provisioning.asset;

import io.smallrye.mutiny.Uni;
import io.tenure.kit.confirmation.DeletionOrders;
import io.tenure.kit.confirmation.DeletionOrders.Answer;
import io.tenure.kit.confirmation.DeletionOrders.DeletionOrder;
import io.tenure.platform.DriverException;
import io.tenure.platform.Intent;
import io.tenure.provisioning.operation.Move;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/**
 * Asks lifecycle before anything of an asset is wiped or removed. That the deletion was confirmed when it began is not
 * enough: a legal hold may have been set since, and its fact may be late.
 */
@ApplicationScoped
class DeletionPermission {

    private final DeletionOrders orders;

    DeletionPermission(DeletionOrders orders) {
        this.orders = orders;
    }

    /**
     * Whether a call to a platform may be made now.
     *
     * @param vdcId the virtual data center that the asset lies in, or null
     * @return fails with {@link DriverException} if lifecycle does not answer
     */
    Uni<Boolean> covers(Move move, UUID terminationId, UUID assetId, UUID vdcId) {
        if (!(move instanceof Move.Start start)
                || !isIrrevocable(start.command().intent())) {
            return Uni.createFrom().item(true);
        }
        return orders.ask(terminationId, assetId, vdcId)
                .onFailure()
                .transform(unknown -> DriverException.passing(
                        "the lifecycle service does not confirm that this may be deleted now", unknown))
                .map(answer -> switch (answer) {
                    case Answer.Ordered(DeletionOrder order) ->
                        order.tenantId().equals(start.command().tenantId());
                    case Answer.Held held -> false;
                    case Answer.NotOrdered none -> false;
                });
    }

    private static boolean isIrrevocable(Intent intent) {
        return switch (intent) {
            case SANITIZE, DELETE -> true;
            case CREATE, TAKE_IN, SHUT_OFF, DISABLE, RESTORE -> false;
        };
    }
}
