package io.tenure.notification.notice;

import io.smallrye.mutiny.Uni;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.access.Caller;
import io.tenure.kit.access.Roles;
import io.tenure.kit.page.Page;
import io.tenure.kit.page.PageRequest;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Shows the notices to tenants and the evidence of their delivery. */
@Path("/v1/notices")
@Tag(name = "Notices")
@Produces(MediaType.APPLICATION_JSON)
public class NoticeResource {

    /** A notice as the API shows it: no addresses, no text. */
    @Schema(name = "Notice")
    public record View(
            UUID id,
            UUID tenantId,
            NoticeKind kind,

            @Schema(
                    description =
                            "Version of the retention's schedule that it belongs to, from 1; 0 outside a retention")
            int schedule,

            @Schema(description = "Its number among the notices of its kind for the same cause and schedule, from 1")
            int sequence,

            @Schema(description = "The termination that caused it; absent outside one")
            UUID terminationId,

            Notice.State state,
            Channel channel,

            @Schema(description = "Not sent before this instant")
            Instant dueAt,

            @Schema(description = "How often it was tried") int attempts,

            @Schema(description = "Class of the last failure, for example SMTP 451 or bounced 5.1.1; absent if none")
            String lastFailure,

            @Schema(description = "When it will be tried again; only while RETRYING")
            Instant nextRetryAt,

            @Schema(description = "When the mail server accepted it; only while ACCEPTED or DELIVERED")
            Instant acceptedAt,

            @Schema(description = "When the bounce window was over without a bounce; only while DELIVERED")
            Instant deliveredAt,

            @Schema(description = "Message-ID of the accepted message, as in the mail servers' logs")
            String messageId) {

        static View of(Notice notice) {
            return new View(
                    notice.id(),
                    notice.tenantId(),
                    notice.kind(),
                    notice.schedule(),
                    notice.sequence(),
                    notice.terminationId(),
                    notice.state(),
                    Channel.EMAIL,
                    notice.dueAt(),
                    notice.attempts(),
                    notice.lastFailure(),
                    notice.nextRetryAt(),
                    notice.acceptedAt(),
                    notice.deliveredAt(),
                    notice.messageId());
        }
    }

    private final Notices notices;
    private final Caller caller;

    NoticeResource(Notices notices, Caller caller) {
        this.notices = notices;
        this.caller = caller;
    }

    @GET
    @RolesAllowed({Roles.ACCOUNT_MANAGER, Roles.CSP_OPERATOR, Roles.AUDITOR, Roles.TENANT_ADMIN})
    @Operation(
            operationId = "listNotices",
            summary = "Lists notices, oldest first",
            description = "Roles: account-manager, csp-operator, auditor; tenant-admin sees those of its own tenant.")
    @APIResponse(responseCode = "200", description = "A page of notices")
    @APIResponse(responseCode = "404", description = "not-found: no such tenant for this caller")
    public Uni<Page<View>> list(
            @QueryParam("tenantId") UUID tenantId,
            @QueryParam("terminationId") UUID terminationId,
            @Valid @BeanParam PageRequest page) {
        if (tenantId != null) {
            caller.mustSee(tenantId, "tenant");
        }
        return notices.page(caller.onlyTenant().orElse(tenantId), terminationId, page.after(), page.limit())
                .map(found -> Page.of(found, page.limit(), Notice::id, View::of));
    }
}
