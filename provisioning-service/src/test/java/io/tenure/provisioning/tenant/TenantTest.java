package io.tenure.provisioning.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

    /** It lay in a dead letter for months, and another termination was called back since. */
    @Test
    void aRequestThatIsOlderThanTheLatestTerminationChangesNothing() {
        UUID older = Ids.next();
        Tenant tenant = created();
        UUID latest = Ids.next();
        tenant.beginDisabling(latest);
        tenant.beginRestoring(latest);
        tenant.restored();

        assertThat(tenant.beginDisabling(older)).isFalse();
        assertThat(tenant.repeated(Command.DISABLE, older)).isEqualTo(Tenant.Repetition.NOTHING);

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
        arrives(status, Set.of(TenantStatus.DISABLING), TenantStatus.DISABLED, tenant -> tenant.disabled(MANIFEST));
        arrives(status, Set.of(TenantStatus.RESTORING), TenantStatus.ACTIVE, Tenant::restored);
        arrives(status, Set.of(TenantStatus.DELETING), TenantStatus.DELETED, tenant -> tenant.deleted(NOW));
    }

    private static void arrives(
            TenantStatus status, Set<TenantStatus> from, TenantStatus next, Consumer<Tenant> arrival) {
        Tenant tenant = in(status);
        if (from.contains(status)) {
            arrival.accept(tenant);
            assertThat(tenant.status()).isEqualTo(next);
        } else {
            refusedWith("wrong-tenant-status", () -> arrival.accept(tenant));
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
        assertThat(tenant.eraseContact(NOW)).isTrue();
        assertThat(tenant.contact()).isNull();
        assertThat(tenant.isContactErased()).isTrue();
        assertThat(tenant.eraseContact(NOW)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsContactCurrentUntilItIsErased(TenantStatus status) {
        Tenant tenant = in(status);
        long version = tenant.version();
        tenant.confirmContact(new byte[] {2}, NOW.plusSeconds(1));
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
            case DISABLED -> tenant.disabled(MANIFEST);
            case RESTORING -> tenant.beginRestoring(TERMINATION);
            case ACTIVE -> {
                tenant.beginRestoring(TERMINATION);
                tenant.restored();
            }
            case DELETING -> {
                tenant.disabled(MANIFEST);
                tenant.beginDeleting(TERMINATION, MANIFEST);
            }
            case DELETED -> {
                tenant.disabled(MANIFEST);
                tenant.beginDeleting(TERMINATION, MANIFEST);
                tenant.deleted(NOW);
            }
        }
        return tenant;
    }
}
