package io.tenure.provisioning.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.events.AssetAction;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantContactErased;
import io.tenure.events.ProvisioningFact.TenantContactUpdated;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TenantTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final UUID TERMINATION = Ids.next();

    /** For each status, whether a fact moves it, is old, or (absent) is refused. */
    private static final Map<TenantStatus, TenantStatus> BY_TERMINATION = Map.of(
            TenantStatus.DISABLING, TenantStatus.DISABLING,
            TenantStatus.DISABLED, TenantStatus.DISABLED,
            TenantStatus.RESTORING, TenantStatus.RESTORING,
            TenantStatus.DELETING, TenantStatus.DELETING,
            TenantStatus.DELETED, TenantStatus.DELETED,
            TenantStatus.ACTIVE, TenantStatus.ACTIVE);

    private static final Map<TenantStatus, TenantStatus> BY_RESTORATION = Map.of(
            TenantStatus.DISABLING, TenantStatus.RESTORING,
            TenantStatus.DISABLED, TenantStatus.RESTORING,
            TenantStatus.RESTORING, TenantStatus.RESTORING,
            TenantStatus.ACTIVE, TenantStatus.ACTIVE);

    private static final String MANIFEST = "ab".repeat(32);

    private static final Map<TenantStatus, TenantStatus> BY_DELETION = Map.of(
            TenantStatus.DISABLED, TenantStatus.DELETING,
            TenantStatus.DELETING, TenantStatus.DELETING,
            TenantStatus.DELETED, TenantStatus.DELETED);

    @ParameterizedTest
    @EnumSource
    void followsFactsOfItsTermination(TenantStatus status) {
        follows(status, BY_TERMINATION, Tenant::beginDisabling, null);
        follows(status, BY_RESTORATION, Tenant::beginRestoring, "deletion-started");
        follows(status, BY_DELETION, (tenant, id) -> tenant.beginDeleting(id, MANIFEST), "tenant-not-disabled");
    }

    @Test
    void deletesOnlyWhatWasDisabled() {
        Tenant tenant = in(TenantStatus.DISABLED);
        assertThatThrownBy(() -> tenant.beginDeleting(TERMINATION, "cd".repeat(32)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.slug()).isEqualTo("manifest-differs"));
        assertThat(tenant.status()).isEqualTo(TenantStatus.DISABLED);
    }

    private static void follows(
            TenantStatus status, Map<TenantStatus, TenantStatus> allowed, BiPredicate<Tenant, UUID> fact, String slug) {
        Tenant tenant = in(status);
        long version = tenant.version();
        if (allowed.containsKey(status)) {
            TenantStatus next = allowed.get(status);
            assertThat(fact.test(tenant, TERMINATION)).isEqualTo(next != status);
            assertThat(tenant.status()).isEqualTo(next);
            assertThat(tenant.version()).isEqualTo(next == status ? version : version + 1);
        } else {
            refusedWith(slug, () -> fact.test(tenant, TERMINATION));
            assertThat(tenant.status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesFactsOfAnotherTermination(TenantStatus status) {
        UUID other = Ids.next();
        if (status == TenantStatus.ACTIVE) {
            // A cancelled termination does not block a new one.
            assertThat(in(status).beginDisabling(other)).isTrue();
        } else {
            refusedWith("termination-not-in-force", () -> in(status).beginDisabling(other));
        }
        boolean deleting = status == TenantStatus.DELETING || status == TenantStatus.DELETED;
        refusedWith(deleting ? "deletion-started" : "termination-not-in-force", () -> in(status)
                .beginRestoring(other));
        refusedWith(
                deleting || status == TenantStatus.DISABLED ? "termination-not-in-force" : "tenant-not-disabled",
                () -> in(status).beginDeleting(other, MANIFEST));
    }

    /** It lay in a dead letter for months, and another termination was cancelled since. */
    @Test
    void aRequestThatIsOlderThanTheLatestTerminationChangesNothing() {
        UUID older = Ids.next();
        Tenant tenant = created();
        UUID latest = Ids.next();
        tenant.beginDisabling(latest);
        tenant.beginRestoring(latest);
        tenant.restored(1, 0);

        assertThat(tenant.beginDisabling(older)).isFalse();
        assertThat(tenant.repeated(Command.DISABLE, older)).isEqualTo(Repetition.NOTHING);

        assertThat(tenant.status()).isEqualTo(TenantStatus.ACTIVE);
        assertThat(tenant.terminationId()).isEqualTo(latest);
    }

    @Test
    void aNewTenantFollowsItsFirstTermination() {
        Tenant tenant = created();
        assertThat(tenant.beginDisabling(TERMINATION)).isTrue();
        assertThat(tenant.status()).isEqualTo(TenantStatus.DISABLING);
        assertThat(tenant.terminationId()).isEqualTo(TERMINATION);
        refusedWith("termination-not-in-force", () -> created().beginRestoring(TERMINATION));
    }

    @ParameterizedTest
    @EnumSource
    void arrivesOnlyFromWhereItWasSent(TenantStatus status) {
        arrives(
                status,
                TenantStatus.DISABLING,
                TenantStatus.DISABLED,
                tenant -> tenant.disabled(3, 5, MANIFEST),
                new TenantDisabled(TERMINATION, 3, 5, MANIFEST));
        arrives(
                status,
                TenantStatus.RESTORING,
                TenantStatus.ACTIVE,
                tenant -> tenant.restored(2, 1),
                new TenantRestored(TERMINATION, 2, 1));
        arrives(
                status,
                TenantStatus.DELETING,
                TenantStatus.DELETED,
                tenant -> tenant.deleted(3, NOW.minusSeconds(1), NOW),
                new TenantAssetsDeleted(TERMINATION, 3, NOW.minusSeconds(1)));
    }

    private static void arrives(
            TenantStatus status,
            TenantStatus from,
            TenantStatus next,
            Function<Tenant, ProvisioningFact> arrival,
            ProvisioningFact fact) {
        Tenant tenant = in(status);
        if (status == from) {
            assertThat(arrival.apply(tenant)).isEqualTo(fact);
            assertThat(tenant.status()).isEqualTo(next);
        } else {
            refusedWith("wrong-tenant-status", () -> arrival.apply(tenant));
            assertThat(tenant.status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesOrdersOnlyWhileActiveAndWhereItAllows(TenantStatus status) {
        if (status == TenantStatus.ACTIVE) {
            in(status).mustAcceptOrder("de-fra-1");
        } else {
            refusedWith("tenant-not-active", () -> in(status).mustAcceptOrder("de-fra-1"));
        }
        refusedWith(status == TenantStatus.ACTIVE ? "location-not-allowed" : "tenant-not-active", () -> in(status)
                .mustAcceptOrder("fr-par-1"));
    }

    @ParameterizedTest
    @EnumSource
    void losesItsContactOnlyOnceItIsDeleted(TenantStatus status) {
        Tenant tenant = in(status);
        if (status != TenantStatus.DELETED) {
            refusedWith("wrong-tenant-status", () -> tenant.eraseContact(NOW));
            assertThat(tenant.contact()).isNotNull();
            return;
        }
        assertThat(tenant.eraseContact(NOW)).contains(new TenantContactErased(tenant.id()));
        assertThat(tenant.contact()).isNull();
        assertThat(tenant.isContactErased()).isTrue();
        assertThat(tenant.eraseContact(NOW)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsContactCurrentUntilItIsErased(TenantStatus status) {
        Tenant tenant = in(status);
        long version = tenant.version();
        assertThat(tenant.confirmContact(new byte[] {2}, NOW.plusSeconds(1)))
                .isEqualTo(new TenantContactUpdated(tenant.id(), 2));
        assertThat(tenant.contact()).containsExactly(2);
        assertThat(tenant.contactVersion()).isEqualTo(2);
        assertThat(tenant.contactConfirmedAt()).isEqualTo(NOW.plusSeconds(1));
        assertThat(tenant.version()).isEqualTo(version + 1);
        if (status == TenantStatus.DELETED) {
            tenant.eraseContact(NOW);
            refusedWith("contact-erased", () -> tenant.confirmContact(new byte[] {3}, NOW));
            assertThat(tenant.contact()).isNull();
        }
    }

    @Test
    void tellsThatItExists() {
        Tenant tenant = created();
        assertThat(tenant.created())
                .isEqualTo(
                        new TenantCreated(tenant.id(), List.of("de-fra-1", "de-ber-1"), BackupResponsibility.CUSTOMER));
    }

    @ParameterizedTest
    @EnumSource
    void tellsWhatHoldsItsTerminationUp(TenantStatus status) {
        Tenant tenant = in(status);
        Instant next = NOW.plusSeconds(5);
        assertThat(tenant.obstructed("no storage", 2, next))
                .isEqualTo(new AssetActionBlocked(TERMINATION, null, AssetAction.INVENTORY, "no storage", 2, next));
        assertThat(tenant.status()).isEqualTo(status);
    }

    /** The reaction to each command in each status, for the termination in force. */
    @ParameterizedTest
    @CsvSource({
        "DISABLE, NOTHING, GO_ON, TELL_AGAIN, NOTHING, NOTHING, NOTHING",
        "RESTORE, TELL_AGAIN, BEGIN, BEGIN, GO_ON, NOTHING, NOTHING",
        "DELETE, NOTHING, NOTHING, BEGIN, NOTHING, GO_ON, TELL_AGAIN"
    })
    void saysWhatFollowsFromARepeatedCommand(
            Command command,
            Repetition active,
            Repetition disabling,
            Repetition disabled,
            Repetition restoring,
            Repetition deleting,
            Repetition deleted) {
        Map<TenantStatus, Repetition> follows = Map.of(
                TenantStatus.ACTIVE, active,
                TenantStatus.DISABLING, disabling,
                TenantStatus.DISABLED, disabled,
                TenantStatus.RESTORING, restoring,
                TenantStatus.DELETING, deleting,
                TenantStatus.DELETED, deleted);
        follows.forEach((status, repetition) ->
                assertThat(in(status).repeated(command, TERMINATION)).isEqualTo(repetition));
    }

    /** Another termination's command begins only where its request got lost. */
    @ParameterizedTest
    @EnumSource
    void aCommandOfAnotherTerminationFindsNothingToDo(TenantStatus status) {
        UUID other = Ids.next();
        for (Command command : Command.values()) {
            boolean begins = command == Command.DISABLE && status == TenantStatus.ACTIVE;
            assertThat(in(status).repeated(command, other)).isEqualTo(begins ? Repetition.BEGIN : Repetition.NOTHING);
        }
    }

    /** What joined the manifest later would be deleted without its month of retention. */
    @ParameterizedTest
    @EnumSource
    void takesFindingsInOnlyWhileItsManifestIsOpen(TenantStatus status) {
        switch (status) {
            case DISABLING -> in(status).mustTakeIn();
            case ACTIVE, RESTORING ->
                refusedWith("tenant-not-disabling", () -> in(status).mustTakeIn());
            case DISABLED, DELETING, DELETED ->
                refusedWith("manifest-frozen", () -> in(status).mustTakeIn());
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesFactsOfATerminationThatIsOver(TenantStatus status) {
        refusedWith("termination-not-in-force", () -> in(status).mustBeIn(Ids.next()));
        if (status == TenantStatus.ACTIVE || status == TenantStatus.DELETED) {
            refusedWith("termination-over", () -> in(status).mustBeIn(TERMINATION));
        } else {
            in(status).mustBeIn(TERMINATION);
        }
    }

    @Test
    void allowsAtLeastOneLocation() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Tenant(Ids.next(), "a", List.of(), BackupResponsibility.CUSTOMER, new byte[] {1}, NOW));
    }

    @Test
    void everyStatusIsReachable() {
        EnumSet.allOf(TenantStatus.class)
                .forEach(status -> assertThat(in(status).status()).isEqualTo(status));
    }

    private static void refusedWith(String slug, Runnable command) {
        assertThatThrownBy(command::run).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.slug())
                .isEqualTo(slug));
    }

    private static Tenant created() {
        return new Tenant(
                Ids.next(),
                "Customer plc",
                List.of("de-fra-1", "de-ber-1"),
                BackupResponsibility.CUSTOMER,
                new byte[] {1},
                NOW);
    }

    /** A tenant in a given phase of {@link #TERMINATION}; an active one has cancelled it. */
    private static Tenant in(TenantStatus status) {
        Tenant tenant = created();
        tenant.beginDisabling(TERMINATION);
        switch (status) {
            case DISABLING -> {}
            case DISABLED -> tenant.disabled(1, 1, MANIFEST);
            case RESTORING -> tenant.beginRestoring(TERMINATION);
            case ACTIVE -> {
                tenant.beginRestoring(TERMINATION);
                tenant.restored(1, 0);
            }
            case DELETING -> {
                tenant.disabled(1, 1, MANIFEST);
                tenant.beginDeleting(TERMINATION, MANIFEST);
            }
            case DELETED -> {
                tenant.disabled(1, 1, MANIFEST);
                tenant.beginDeleting(TERMINATION, MANIFEST);
                tenant.deleted(1, NOW, NOW);
            }
        }
        return tenant;
    }
}
