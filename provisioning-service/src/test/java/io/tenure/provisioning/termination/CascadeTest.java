package io.tenure.provisioning.termination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.tenure.events.AssetKind;
import io.tenure.events.Event;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.LossAttested;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.MediaDigest;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.Medium;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.events.Sanitization.Method;
import io.tenure.events.Sanitization.Overwritten;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import io.tenure.platform.sandbox.SandboxFiles;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@ProvisioningTest
class CascadeTest {

    private static final String DEAD_LETTERS = "tenure.lifecycle.provisioning.dlq";

    @Inject
    Pool pool;

    private final UUID termination = Ids.next();
    private UUID tenant;
    private UUID vm;
    private UUID vdc;
    private Path own;

    @BeforeEach
    void aTenantWithAVmAndAVdc() throws IOException {
        tenant = Api.newTenant();
        vm = Api.orderVm(tenant, 2);
        vdc = Api.orderVdc(tenant);
        Api.awaitVm(vm, "PROVISIONED");
        Api.awaitVdc(vdc, "PROVISIONED");
        own = SandboxFiles.tenant(tenant);
        // The customer makes a machine in its virtual data center; the service is not told.
        Path machine = own.resolve(vdc.toString()).resolve("vms").resolve("büro 1");
        Files.createDirectories(machine);
        Files.writeString(machine.resolve("disk.img"), "the customer's own data".repeat(5_000));
        Files.writeString(machine.resolve("ada-lovelace-passport.img"), "more of it");
        Files.createFile(machine.resolve("empty.img"));
    }

    @Test
    void disablesThenDeletesEverythingAndNothingElse() {
        UUID neighbour = Api.newTenant();
        Api.awaitVm(Api.orderVm(neighbour, 1), "PROVISIONED");
        Map<String, String> neighbours = SandboxFiles.snapshot(SandboxFiles.tenant(neighbour));
        Map<String, String> before = contents(SandboxFiles.snapshot(own));

        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        TenantDisabled disabled = Topics.await(tenant, TenantDisabled.class, 1).getFirst();

        assertThat(disabled.assets()).isEqualTo(3);
        assertThat(disabled.media()).isEqualTo(4);
        assertThat(disabled.manifestDigest())
                .isEqualTo(MediaDigest.ofManifest(Topics.published(tenant, MediumDisabled.class).stream()
                        .map(medium -> new Medium(
                                medium.assetId(),
                                medium.disk().name(),
                                medium.disk().bytes()))
                        .toList()));
        List<AssetDisabled> each = Topics.published(tenant, AssetDisabled.class);
        assertThat(each)
                .extracting(AssetDisabled::kind)
                .containsExactlyInAnyOrder(AssetKind.VM, AssetKind.VDC, AssetKind.VDC_VM);
        assertThat(each).allSatisfy(fact -> assertThat(fact.terminationId()).isEqualTo(termination));
        assertThat(own.resolve(vm.toString())).doesNotExist();
        assertThat(own.resolve(vdc.toString())).doesNotExist();
        Map<String, String> locked = SandboxFiles.snapshot(own);
        assertThat(locked).allSatisfy((path, seen) -> assertThat(path.isEmpty()
                        || path.endsWith("domain.json")
                        || seen.startsWith("---------")
                        || seen.equals("rwx------"))
                .as(path + " " + seen)
                .isTrue());
        assertThat(contents(locked).values()).containsExactlyInAnyOrderElementsOf(before.values());
        assertThat(Api.tenantStatus(tenant)).isEqualTo("DISABLED");

        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        TenantAssetsDeleted deleted =
                Topics.await(tenant, TenantAssetsDeleted.class, 1).getFirst();

        assertThat(deleted.terminationId()).isEqualTo(termination);
        assertThat(deleted.assets()).isEqualTo(3);
        assertThat(own).doesNotExist();
        assertThat(SandboxFiles.root().resolve(".state").resolve(tenant.toString()))
                .doesNotExist();
        List<AssetSanitized> sanitized = Topics.published(tenant, AssetSanitized.class);
        assertThat(sanitized).hasSize(3);
        List<SanitizedDisk> disks = Topics.published(tenant, MediumSanitized.class).stream()
                .map(MediumSanitized::disk)
                .toList();
        assertThat(disks).extracting(SanitizedDisk::bytes).containsExactlyInAnyOrder(2L << 20, 115_000L, 10L, 0L);
        assertThat(disks).extracting(SanitizedDisk::sanitization).allSatisfy(way -> assertThat(way)
                .isInstanceOfSatisfying(Overwritten.class, overwritten -> {
                    assertThat(overwritten.method()).isEqualTo(Method.CLEAR);
                    assertThat(overwritten.bytesEmpty()).isZero();
                }));
        assertThat(Api.tenantStatus(tenant)).isEqualTo("DELETED");
        assertThat(Api.vmStatus(vm)).isEqualTo("SANITIZED");
        assertThat(SandboxFiles.snapshot(SandboxFiles.tenant(neighbour))).isEqualTo(neighbours);
        assertThat(TestRecords.read("tenure.provisioning", tenant.toString()))
                .allSatisfy(record -> assertThat(new String(record.value())).doesNotContainIgnoringCase("lovelace"));
        assertThat(Topics.published(tenant).stream()
                        .filter(event -> event.correlationId() != null)
                        .map(Event::correlationId))
                .containsOnly(termination);
    }

    @Test
    void restoresEverythingToTheByte() {
        Map<String, String> before = SandboxFiles.snapshot(own);
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);

        Topics.publish("lifecycle", tenant, termination, new RestorationStarted(termination));

        assertThat(Topics.await(tenant, TenantRestored.class, 1))
                .containsExactly(new TenantRestored(termination, 3, 0));
        assertThat(Topics.published(tenant, AssetRestored.class))
                .hasSize(3)
                .extracting(AssetRestored::kind)
                .containsExactlyInAnyOrder(AssetKind.VM, AssetKind.VDC, AssetKind.VDC_VM);
        assertThat(SandboxFiles.snapshot(own)).isEqualTo(before);
        assertThat(Api.tenantStatus(tenant)).isEqualTo("ACTIVE");
        assertThat(Api.vmStatus(vm)).isEqualTo("PROVISIONED");
        Api.awaitVm(Api.orderVm(tenant, 1), "PROVISIONED");

        // A later termination is a new one.
        UUID second = Ids.next();
        Topics.publish("lifecycle", tenant, second, new TerminationRequested(second));
        assertThat(Topics.await(tenant, TenantDisabled.class, 2)).last().satisfies(again -> {
            assertThat(again.terminationId()).isEqualTo(second);
            assertThat(again.assets()).isEqualTo(4);
        });
    }

    @Test
    void aTerminationThatIsCancelledAtOnceLeavesNothingDisabled() {
        Map<String, String> before = SandboxFiles.snapshot(own);

        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.publish("lifecycle", tenant, termination, new RestorationStarted(termination));

        Topics.await(tenant, TenantRestored.class, 1);
        assertThat(SandboxFiles.snapshot(own)).isEqualTo(before);
        assertThat(Api.tenantStatus(tenant)).isEqualTo("ACTIVE");
        assertThat(Api.vmStatus(vm)).isEqualTo("PROVISIONED");
        assertThat(Api.vdcStatus(vdc)).isEqualTo("PROVISIONED");
    }

    @Test
    void ordersThatAreBeingCarriedOutDoNotSlipThrough() {
        List<UUID> orders =
                IntStream.range(0, 6).mapToObj(i -> Api.orderVm(tenant, 8)).toList();
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);

        assertThat(orders).allSatisfy(id -> {
            assertThat(Api.vmStatus(id)).isEqualTo("DISABLED");
            assertThat(own.resolve(id.toString())).doesNotExist();
        });
        assertThat(Topics.published(tenant, TenantDisabled.class))
                .singleElement()
                .extracting(TenantDisabled::assets)
                .isEqualTo(9);
        Api.asManager()
                .body(Api.vmBody("late", 1))
                .post("/v1/tenants/{id}/vms", tenant)
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:tenant-not-active"));

        Topics.publish("lifecycle", tenant, termination, new RestorationStarted(termination));
        Topics.await(tenant, TenantRestored.class, 1);
        orders.forEach(id -> Api.awaitVm(id, "PROVISIONED"));
        assertThat(orders)
                .allSatisfy(id -> assertThat(own.resolve(id + "/disk.img")).hasSize(8 << 20));
        assertThat(Topics.published(tenant, VmProvisioned.class))
                .extracting(VmProvisioned::vmId)
                .doesNotHaveDuplicates()
                .containsAll(orders);
    }

    @Test
    void repeatedFactsChangeNothing() {
        Event requested = Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        Topics.deliver("lifecycle", requested);
        awaitReceived(Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination)));
        Event started = Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        List<Event> before = Topics.published(tenant);

        Topics.deliver("lifecycle", requested);
        Topics.deliver("lifecycle", started);
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        awaitReceived(Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination)));

        assertThat(Topics.published(tenant)).isEqualTo(before);
        assertThat(Topics.published(tenant, AssetDisabled.class)).hasSize(3);
        assertThat(Topics.published(tenant, TenantDisabled.class)).hasSize(1);
        assertThat(Topics.published(tenant, AssetSanitized.class)).hasSize(3);
        assertThat(tasks()).isEqualTo(List.of("contact-erasure"));
        assertThat(TestRecords.read(DEAD_LETTERS, tenant.toString())).isEmpty();
    }

    @Test
    void factsThatCanNeverBeRightGoToTheDeadLetter() {
        Map<String, String> before = SandboxFiles.snapshot(own);
        UUID nobody = Ids.next();
        Topics.publish("lifecycle", nobody, termination, new TerminationRequested(termination));
        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        Topics.publish("lifecycle", tenant, termination, new RestorationStarted(termination));

        await().until(() -> TestRecords.read(DEAD_LETTERS, tenant.toString()).size() == 2);
        await().until(() -> TestRecords.read(DEAD_LETTERS, nobody.toString()).size() == 1);
        assertThat(reason(TestRecords.read(DEAD_LETTERS, nobody.toString()).getFirst()))
                .isEqualTo("No such tenant");
        // Lifecycle is asked about the deletion first, so that dead letter may come last.
        assertThat(TestRecords.read(DEAD_LETTERS, tenant.toString()))
                .extracting(CascadeTest::reason)
                .containsExactlyInAnyOrder(
                        "A deletion needs a tenant that is disabled",
                        "The fact belongs to a termination that is not in force");
        assertThat(SandboxFiles.snapshot(own)).isEqualTo(before);
        assertThat(Api.tenantStatus(tenant)).isEqualTo("ACTIVE");
    }

    /**
     * Whatever a customer puts into its data center is shut off with it; what may belong to somebody else is not
     * overwritten.
     */
    @Test
    void aCustomerCannotHoldUpItsOwnDisablement() throws IOException {
        UUID neighbour = Api.newTenant();
        UUID neighboursVm = Api.orderVm(neighbour, 1);
        Api.awaitVm(neighboursVm, "PROVISIONED");
        Map<String, String> neighbours = SandboxFiles.snapshot(SandboxFiles.tenant(neighbour));
        Path machine = own.resolve(vdc.toString()).resolve("vms/büro 1");
        Files.createLink(
                machine.resolve("planted.img"), SandboxFiles.tenant(neighbour).resolve(neighboursVm + "/disk.img"));
        Files.createSymbolicLink(machine.resolve("link"), SandboxFiles.root());
        Files.createSymbolicLink(own.resolve(vdc.toString()).resolve("vms/loose"), SandboxFiles.root());

        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));

        assertThat(Topics.await(tenant, TenantDisabled.class, 1))
                .singleElement()
                .extracting(TenantDisabled::media)
                .isEqualTo(7);
        assertThat(Topics.published(tenant, AssetActionBlocked.class)).isEmpty();
        assertThat(SandboxFiles.snapshot(SandboxFiles.tenant(neighbour))).isEqualTo(neighbours);

        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        awaitBlocked("1 disks are linked from outside of the tenant's area");
        AssetActionBlocked blocked =
                Topics.published(tenant, AssetActionBlocked.class).getFirst();
        assertThat(blocked.terminationId()).isEqualTo(termination);
        assertThat(blocked.reason()).doesNotContain("/", "planted");
        assertThat(blocked.attempts()).isEqualTo(1);
        assertThat(blocked.nextRetryAt()).isNotNull();
        assertThat(SandboxFiles.snapshot(SandboxFiles.tenant(neighbour))).isEqualTo(neighbours);

        // Two people checked and attest that this was not a disk of the tenant.
        MediumDisabled planted = Topics.published(tenant, MediumDisabled.class).stream()
                .filter(medium -> medium.disk().bytes() == 1 << 20)
                .findFirst()
                .orElseThrow();
        Topics.publish(
                "lifecycle",
                tenant,
                termination,
                new LossAttested(termination, planted.assetId(), planted.disk(), "ada", "grace"));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        assertThat(own).doesNotExist();
        assertThat(SandboxFiles.snapshot(SandboxFiles.tenant(neighbour))).isEqualTo(neighbours);
        assertThat(Topics.published(tenant, MediumSanitized.class))
                .hasSize(6)
                .extracting(medium -> medium.disk().name())
                .doesNotContain(planted.disk().name());
    }

    @Test
    void certifiesNoDeletionWhileTheHypervisorHoldsSomething() throws IOException {
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        // Brought back without the service, for example from a backup of the platform.
        UUID forgotten = Ids.next();
        Files.createDirectory(own.resolve(forgotten.toString()));
        Files.writeString(own.resolve(forgotten + "/disk.img"), "the customer's data, once more");

        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));

        awaitBlocked("still holds 0 assets of the tenant that are not in the manifest, or came back; 1 things in the");
        assertThat(Topics.published(tenant, AssetSanitized.class)).hasSize(3);
        assertThat(own.resolve(forgotten + "/disk.img")).hasContent("the customer's data, once more");
        assertThat(Topics.published(tenant, TenantAssetsDeleted.class)).isEmpty();

        // A person decided that it was a copy, and removed it.
        Files.delete(own.resolve(forgotten + "/disk.img"));
        Files.delete(own.resolve(forgotten.toString()));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        assertThat(own).isEmptyDirectory();
    }

    /** What carries our mark and is not in the records is shut off at once and waits for a person. */
    @Test
    void whatTheLastInventoryFindsIsShutOffAndWaits() throws IOException {
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        UUID forgotten = Ids.next();
        Path back = Files.createDirectory(own.resolve(forgotten.toString()));
        Files.writeString(back.resolve("disk.img"), "restored from a backup of the platform");
        Files.writeString(back.resolve("domain.json"), "{\"tenantId\":\"" + tenant + "\",\"kind\":\"VM\"}");

        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));

        awaitBlocked("still holds 1 assets");
        Path shut = own.resolve(forgotten + ".disabled");
        assertThat(back).doesNotExist();
        Api.as(Api.token("csp-operator"))
                .get("/v1/tenants/{id}/findings", tenant)
                .then()
                .body("items[0].mark", equalTo("OWN"))
                .body("items[0].name", equalTo(forgotten + ".disabled"));
        assertThat(SandboxFiles.snapshot(shut).get("disk.img")).startsWith("---------");
        assertThat(Topics.published(tenant, AssetDisabled.class)).hasSize(3);
        assertThat(Topics.published(tenant, TenantAssetsDeleted.class)).isEmpty();

        Files.move(shut, SandboxFiles.root().resolveSibling("taken-away-" + forgotten));
        Topics.publish(
                "lifecycle",
                tenant,
                termination,
                new CommandRepeated(termination, Command.DELETE, Topics.manifest(tenant)));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
    }

    /** For example a volume that is not mounted: an empty directory proves nothing. */
    @Test
    void nothingIsBelievedOfAStorageThatIsNotThePlatform() throws IOException {
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        Path elsewhere = SandboxFiles.root().resolveSibling("sandbox-elsewhere");
        Files.move(SandboxFiles.root(), elsewhere);
        try {
            Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
            awaitBlocked("does not carry the platform's mark");

            // Another volume, or the empty mount point that somebody made.
            Files.createDirectories(SandboxFiles.root().resolve(".state"));
            int told = Topics.published(tenant, AssetActionBlocked.class).size();
            await().atMost(Duration.ofMinutes(1))
                    .until(() ->
                            Topics.published(tenant, AssetActionBlocked.class).size() > told);
            assertThat(Topics.published(tenant, AssetSanitized.class)).isEmpty();
            assertThat(Topics.published(tenant, TenantAssetsDeleted.class)).isEmpty();
        } finally {
            SandboxFiles.removeEmpty(SandboxFiles.root());
            Files.move(elsewhere, SandboxFiles.root());
        }

        assertThat(Topics.await(tenant, TenantAssetsDeleted.class, 1))
                .singleElement()
                .extracting(TenantAssetsDeleted::assets)
                .isEqualTo(3);
    }

    /** A missing disk may be anywhere, so it does not count as sanitized. */
    @Test
    void aDiskThatIsMissingHoldsUpTheDeletion() throws IOException {
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        Path disk = own.resolve(vm + ".disabled").resolve("disk.img");
        Path elsewhere = SandboxFiles.root().resolveSibling("moved-away.img");
        Files.move(disk, elsewhere);

        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        awaitBlocked("1 of the 1 disks that were disabled are not there");
        assertThat(Topics.published(tenant, AssetSanitized.class))
                .extracting(AssetSanitized::assetId)
                .doesNotContain(vm);
        assertThat(Topics.published(tenant, TenantAssetsDeleted.class)).isEmpty();

        Files.move(elsewhere, disk);
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        assertThat(Topics.published(tenant, AssetSanitized.class))
                .extracting(AssetSanitized::assetId)
                .contains(vm);
    }

    /**
     * What was unknown when everything was disabled has had no month of retention, so it is not wiped with the rest.
     */
    @Test
    void aDiskThatWasNotDisabledWithItsAssetIsNotTouched() throws IOException {
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        Path planted = own.resolve(vm + ".disabled").resolve("late.img");
        Files.writeString(planted, "somebody's data");

        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        awaitBlocked("1 disks are there that were not disabled with the asset");
        assertThat(Files.size(planted)).isEqualTo("somebody's data".length());
        Files.delete(planted);

        Topics.await(tenant, TenantAssetsDeleted.class, 1);
    }

    /** An asset that the platform made and no longer shows does not count as disabled: it may run elsewhere. */
    @Test
    void anAssetThatIsMissingHoldsUpTheDisablement() throws IOException {
        Path elsewhere = SandboxFiles.root().resolveSibling("moved-away");
        Files.move(own.resolve(vm.toString()), elsewhere);
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        awaitBlocked("does not show the asset, which it made");
        assertThat(Topics.published(tenant, TenantDisabled.class)).isEmpty();

        Files.move(elsewhere, own.resolve(vm.toString()));
        assertThat(Topics.await(tenant, TenantDisabled.class, 1))
                .singleElement()
                .extracting(TenantDisabled::media)
                .isEqualTo(4);
    }

    /** Lifecycle orders the deletion of another manifest than the one that was disabled here. */
    @Test
    void aDeletionOfOtherDisksIsPutAside() {
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        Map<String, String> before = SandboxFiles.snapshot(own);
        Topics.publish("lifecycle", tenant, termination, new DeletionStarted(termination, "0".repeat(64)));

        await().until(() -> TestRecords.read(DEAD_LETTERS, tenant.toString()).size() == 1);
        assertThat(reason(TestRecords.read(DEAD_LETTERS, tenant.toString()).getFirst()))
                .isEqualTo("The deletion is about other disks than those that were disabled");
        assertThat(SandboxFiles.snapshot(own)).isEqualTo(before);
    }

    private void awaitBlocked(String reason) {
        await().atMost(Duration.ofMinutes(1)).until(() -> Topics.published(tenant, AssetActionBlocked.class).stream()
                .anyMatch(fact -> fact.reason().contains(reason)));
    }

    @Test
    void anEmptyTenantGoesTheSameWay() {
        UUID empty = Api.newTenant();
        Topics.publish("lifecycle", empty, termination, new TerminationRequested(termination));
        assertThat(Topics.await(empty, TenantDisabled.class, 1))
                .containsExactly(new TenantDisabled(termination, 0, 0, MediaDigest.ofManifest(List.of())));
        Topics.publish("lifecycle", empty, termination, Topics.deletion(empty, termination));
        assertThat(Topics.await(empty, TenantAssetsDeleted.class, 1))
                .first()
                .satisfies(deleted -> assertThat(deleted.assets()).isZero());
    }

    private List<String> tasks() {
        List<String> kinds = new ArrayList<>();
        pool.preparedQuery("SELECT kind FROM task WHERE tenant_id = $1")
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely()
                .forEach(row -> kinds.add(row.getString("kind")));
        return kinds;
    }

    private void awaitReceived(Event event) {
        await().until(() -> pool.preparedQuery("SELECT count(*) FROM inbox WHERE event_id = $1")
                        .execute(Tuple.of(event.id()))
                        .await()
                        .indefinitely()
                        .iterator()
                        .next()
                        .getLong(0)
                == 1);
    }

    private static String reason(ConsumerRecord<String, byte[]> letter) {
        return new String(letter.headers().lastHeader("dead-letter-reason").value(), StandardCharsets.UTF_8);
    }

    private static Map<String, String> contents(Map<String, String> snapshot) {
        Map<String, String> contents = new TreeMap<>();
        snapshot.forEach((path, seen) -> {
            if (seen.contains(" ")) {
                contents.put(path, seen.substring(seen.indexOf(' ')));
            }
        });
        return contents;
    }
}
