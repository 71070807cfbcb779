package io.tenure.systemtests.proof;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantIdentityCreated;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.Event;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TenantDeleted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.MediaDigest;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantContactErased;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.events.ProvisioningFact.VdcOrdered;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VmOrdered;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.events.Sanitization.Overwritten;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.story.Mailbox;
import io.tenure.systemtests.story.Story;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * What must be true of every tenant's events, however rough its way was: everything that happens once happened once, in
 * order.
 */
public final class OnceOnly {

    private final Story story;
    private final List<Event> events;

    private OnceOnly(Story story) {
        story.system().journal().catchUp();
        this.story = story;
        this.events = story.events();
    }

    /** Checks a tenant that lives. */
    public static void checkProvisioned(Story story) {
        var check = new OnceOnly(story);
        check.provisioning();
        check.order();
    }

    /** Checks a tenant that was deleted. */
    public static void checkDeleted(Story story) {
        var check = new OnceOnly(story);
        check.provisioning();
        check.disabling();
        check.deletion();
        check.order();
        check.notices();
    }

    /** Checks a tenant whose termination was cancelled after everything was disabled. */
    public static void checkCancelled(Story story) {
        var check = new OnceOnly(story);
        check.provisioning();
        check.disabling();
        check.once(RestorationStarted.class);
        check.once(TenantRestored.class);
        check.once(TenantAccessRestored.class);
        check.once(TerminationCancelled.class);
        check.onceEach(AssetRestored.class, AssetRestored::assetId, check.disabledAssets());
        check.never(DeletionStarted.class, AssetSanitized.class, TenantKeysDestroyed.class, TenantDeleted.class);
        check.order();
    }

    private void provisioning() {
        once(TenantCreated.class);
        once(TenantIdentityCreated.class);
        var ordered = new ArrayList<UUID>();
        facts(VmOrdered.class).forEach(f -> ordered.add(f.vmId()));
        facts(VdcOrdered.class).forEach(f -> ordered.add(f.vdcId()));
        assertThat(ordered)
                .as(because("each order is announced once"))
                .containsExactlyInAnyOrderElementsOf(story.assets());
        var provisioned = new ArrayList<UUID>();
        facts(VmProvisioned.class).forEach(f -> provisioned.add(f.vmId()));
        facts(VdcProvisioned.class).forEach(f -> provisioned.add(f.vdcId()));
        assertThat(provisioned)
                .as(because("each asset is provisioned once"))
                .containsExactlyInAnyOrderElementsOf(story.assets());
        var targets = new ArrayList<>(story.assets());
        targets.add(story.tenantId());
        // What nobody had seen when a termination was cancelled is issued anew.
        story.unseen().forEach(credential -> targets.add(credential.targetId()));
        onceEach(CredentialIssued.class, CredentialIssued::targetId, targets);
    }

    private void disabling() {
        once(TerminationRequested.class);
        once(TenantDisabled.class);
        once(TenantAccessRestricted.class);
        once(RetentionStarted.class);
        assertThat(disabledAssets()).as(because("every asset is disabled")).containsAll(story.assets());
        onceEach(AssetDisabled.class, AssetDisabled::assetId, disabledAssets());
        assertThat(facts(TenantDisabled.class).getFirst().assets())
                .as(because("the tenant's assets are all counted"))
                .isEqualTo(disabledAssets().size());
        onceEach(
                CredentialRevoked.class,
                CredentialRevoked::credentialId,
                story.firstCredentials().stream()
                        .map(CredentialIssued::credentialId)
                        .toList());
    }

    private void deletion() {
        once(DeletionStarted.class);
        once(TenantAssetsDeleted.class);
        once(TenantKeysDestroyed.class);
        once(DeletionCertificateIssued.class);
        once(TenantDeleted.class);
        once(TenantContactErased.class);
        onceEach(AssetSanitized.class, AssetSanitized::assetId, disabledAssets());
        for (var sanitized : facts(AssetSanitized.class)) {
            var disabled = facts(AssetDisabled.class).stream()
                    .filter(d -> d.assetId().equals(sanitized.assetId()))
                    .findFirst()
                    .orElseThrow();
            var disks = facts(MediumSanitized.class).stream()
                    .filter(m -> m.assetId().equals(sanitized.assetId()))
                    .map(MediumSanitized::disk)
                    .toList();
            assertThat(disks.stream().map(SanitizedDisk::name))
                    .as(because("every disk that was disabled is sanitized"))
                    .containsExactlyInAnyOrderElementsOf(facts(MediumDisabled.class).stream()
                            .filter(m -> m.assetId().equals(sanitized.assetId()))
                            .map(m -> m.disk().name())
                            .distinct()
                            .toList());
            assertThat(disabled.disks()).as(because("all disks are announced")).isEqualTo(disks.size());
            assertThat(sanitized.disksDigest()).as(because("and these")).isEqualTo(MediaDigest.ofSanitized(disks));
            for (var disk : disks) {
                assertThat(disk.sanitization())
                        .as("the sandbox overwrites, and reads back what held data")
                        .isInstanceOfSatisfying(
                                Overwritten.class, overwritten -> assertThat(overwritten.bytesVerified())
                                        .isPositive());
                assertThat(disk.bytes()).isPositive();
            }
        }
    }

    /** One notice per credential, one at the start, one per warning, and the certificate; the mailbox agrees. */
    private void notices() {
        var delivered = facts(NoticeDelivered.class);
        var expected = new ArrayList<String>();
        for (int i = 0; i < story.credentials(); i++) {
            expected.add(NoticeKind.CREDENTIAL_READY + " 1");
        }
        expected.add(NoticeKind.RETENTION_STARTED + " 1");
        for (int i = 1; i <= SystemUnderTest.RETENTION.warnings().size(); i++) {
            expected.add(NoticeKind.RETENTION_WARNING + " " + i);
        }
        expected.add(NoticeKind.DELETION_CERTIFICATE + " 1");
        assertThat(delivered.stream().map(n -> n.kind() + " " + n.sequence()))
                .as(because("each notice is delivered once"))
                .containsExactlyInAnyOrderElementsOf(expected);

        var mail = new Mailbox(story.system().platform().mail(), story.contact().email());
        var copies = mail.byMessageId();
        assertThat(copies.keySet())
                .as(because("every notice is in the mailbox under the Message-ID that its fact names"))
                .containsAll(delivered.stream().map(NoticeDelivered::messageId).toList());
        copies.forEach((messageId, messages) -> {
            var notice = UUID.fromString(messageId.substring(1, 37));
            var failed = facts(NoticeFailed.class).stream()
                    .filter(f -> f.noticeId().equals(notice))
                    .toList();
            // The server may have taken a message whose answer did not arrive.
            assertThat(messages)
                    .as(because("a message is sent twice at most, once more for an attempt that failed: " + messageId
                            + ", failed: " + failed + ", delivered: "
                            + delivered.stream()
                                    .filter(n -> n.noticeId().equals(notice))
                                    .toList()))
                    .hasSizeLessThanOrEqualTo(2 + failed.size());
        });
        // A hand-over that was sent again carries a newer link, and so is another message of the same notice.
        var notices = copies.keySet().stream().collect(groupingBy(id -> id.substring(1, 37)));
        assertThat(notices.keySet())
                .as(because("there is no mail without its notice"))
                .containsExactlyInAnyOrderElementsOf(
                        delivered.stream().map(n -> n.noticeId().toString()).toList());
    }

    /** Causes before effects: on a topic by position, and between topics by the time that the events carry. */
    private void order() {
        precedes(TenantCreated.class, VmOrdered.class, VmProvisioned.class, AssetDisabled.class, TenantDisabled.class);
        precedes(TenantDisabled.class, AssetSanitized.class, TenantAssetsDeleted.class, TenantContactErased.class);
        precedes(TenantDisabled.class, AssetRestored.class, TenantRestored.class);
        precedes(TerminationRequested.class, RetentionStarted.class, DeletionStarted.class);
        precedes(DeletionStarted.class, DeletionCertificateIssued.class, TenantDeleted.class);
        precedes(RetentionStarted.class, RestorationStarted.class, TerminationCancelled.class);
        precedes(
                CredentialIssued.class,
                CredentialRevoked.class,
                TenantAccessRestricted.class,
                TenantKeysDestroyed.class);
        precedesInTime(TerminationRequested.class, AssetDisabled.class);
        precedesInTime(TenantDisabled.class, RetentionStarted.class);
        precedesInTime(TenantAccessRestricted.class, RetentionStarted.class);
        precedesInTime(DeletionStarted.class, AssetSanitized.class);
        precedesInTime(DeletionStarted.class, TenantKeysDestroyed.class);
        precedesInTime(TenantAssetsDeleted.class, DeletionCertificateIssued.class);
        precedesInTime(TenantKeysDestroyed.class, DeletionCertificateIssued.class);
        completes(AssetDisabled.class, TenantDisabled.class);
        completes(AssetSanitized.class, TenantAssetsDeleted.class);
        completes(AssetRestored.class, TenantRestored.class);
        completes(CredentialRevoked.class, TenantAccessRestricted.class);
        for (var asset : story.assets()) {
            var stations = events.stream()
                    .filter(e -> asset.equals(assetOf(e.fact())))
                    .map(e -> e.fact().getClass().getSimpleName().replaceFirst("^(Vm|Vdc)(Ordered|Provisioned)", "$2"))
                    .toList();
            assertThat(List.of("Ordered", "Provisioned", "AssetDisabled", "AssetRestored", "AssetSanitized"))
                    .as(because("an asset's facts are in order"))
                    .containsSubsequence(stations);
        }
    }

    private static UUID assetOf(Fact fact) {
        return switch (fact) {
            case VmOrdered f -> f.vmId();
            case VdcOrdered f -> f.vdcId();
            case VmProvisioned f -> f.vmId();
            case VdcProvisioned f -> f.vdcId();
            case AssetDisabled f -> f.assetId();
            case AssetRestored f -> f.assetId();
            case AssetSanitized f -> f.assetId();
            default -> null;
        };
    }

    @SafeVarargs
    private void precedes(Class<? extends Fact>... types) {
        for (int i = 0; i + 1 < types.length; i++) {
            var earlier = positions(types[i]);
            var later = positions(types[i + 1]);
            if (!earlier.isEmpty() && !later.isEmpty()) {
                assertThat(earlier.getFirst())
                        .as(because(types[i].getSimpleName() + " comes before " + types[i + 1].getSimpleName()))
                        .isLessThan(later.getFirst());
            }
        }
    }

    private void completes(Class<? extends Fact> parts, Class<? extends Fact> whole) {
        var each = positions(parts);
        var all = positions(whole);
        if (!each.isEmpty() && !all.isEmpty()) {
            assertThat(each.getLast())
                    .as(because("every " + parts.getSimpleName() + " comes before " + whole.getSimpleName()))
                    .isLessThan(all.getFirst());
        }
    }

    private List<Integer> positions(Class<? extends Fact> type) {
        return java.util.stream.IntStream.range(0, events.size())
                .filter(i -> type.isInstance(events.get(i).fact()))
                .boxed()
                .toList();
    }

    private void precedesInTime(Class<? extends Fact> cause, Class<? extends Fact> effect) {
        var last = times(cause).max(Comparator.naturalOrder());
        var first = times(effect).min(Comparator.naturalOrder());
        if (last.isPresent() && first.isPresent()) {
            assertThat(last.get())
                    .as(because(cause.getSimpleName() + " happens before " + effect.getSimpleName()))
                    .isBeforeOrEqualTo(first.get());
        }
    }

    private java.util.stream.Stream<java.time.Instant> times(Class<? extends Fact> type) {
        return events.stream().filter(e -> type.isInstance(e.fact())).map(Event::time);
    }

    /** What was disabled: the assets that were ordered, and the machines that a tenant made inside its data centers. */
    private List<UUID> disabledAssets() {
        return facts(AssetDisabled.class).stream()
                .map(AssetDisabled::assetId)
                .distinct()
                .toList();
    }

    private <F extends Fact> List<F> facts(Class<F> type) {
        return events.stream()
                .map(Event::fact)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private void once(Class<? extends Fact> type) {
        assertThat(facts(type))
                .as(because(type.getSimpleName() + " happens once"))
                .hasSize(1);
    }

    private <F extends Fact> void onceEach(Class<F> type, Function<F, UUID> of, List<UUID> expected) {
        assertThat(facts(type).stream().map(of))
                .as(because(type.getSimpleName() + " happens once for each"))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @SafeVarargs
    private void never(Class<? extends Fact>... types) {
        for (var type : types) {
            assertThat(facts(type))
                    .as(because(type.getSimpleName() + " never happens"))
                    .isEmpty();
        }
    }

    private String because(String what) {
        return story.label() + ": " + what;
    }
}
