package io.tenure.lifecycle;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.tenure.events.AssetKind;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.Fact;
import io.tenure.events.MediaDigest;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.Medium;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.events.Sanitization.NotCovered;
import io.tenure.events.Sanitization.Overwritten;
import io.tenure.events.Sanitization.ReadBack;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestTokens;
import io.tenure.lifecycle.Records.Told;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.ConfigProvider;

/** One tenant and its termination; the test plays the other services. */
public final class Story {

    /** A checklist with everything confirmed. */
    public static final Map<String, Object> CHECKLIST = Map.of(
            "dataBackedUp", true,
            "sensitiveDataErasedOrEncrypted", true,
            "usersDecommissioned", true,
            "integrationsDisabled", true,
            "ownPoliciesFollowed", true);

    /** The start notice and three warnings. */
    public static final int NOTICES = 4;

    /** Earlier than any token of a test. */
    public static final Instant RESTRICTED_AT = Instant.parse("2026-01-01T00:00:00Z");

    private static final Disk ROOT = new Disk("root", 4096);
    private static final SanitizedDisk SANITIZED = new SanitizedDisk(
            "root",
            4096,
            new Overwritten(
                    "single-pass overwrite with random data",
                    "sandbox 1",
                    1,
                    4096,
                    0,
                    "ab".repeat(32),
                    "ext4",
                    ReadBack.CACHE,
                    List.of(NotCovered.BACKUPS)));

    private final UUID disablement = Ids.next();
    private final UUID sanitization = Ids.next();
    public final UUID tenant = Ids.next();
    public final UUID vm = Ids.next();
    public final UUID vdc = Ids.next();
    public final UUID credential = Ids.next();
    private final List<UUID> notices = List.of(Ids.next(), Ids.next(), Ids.next(), Ids.next());
    public UUID termination;

    static {
        // Only an upper limit for failures; nothing is measured.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(40));
    }

    private Story() {}

    /** A tenant that the service knows, and whose termination was requested. */
    public static Story requested() {
        Story story = of();
        story.termination =
                UUID.fromString(story.request().then().statusCode(202).extract().path("id"));
        return story;
    }

    /** A tenant that the service knows. */
    public static Story of() {
        Story story = new Story();
        story.tell(new TenantCreated(story.tenant, List.of("de-fra-1"), BackupResponsibility.CUSTOMER))
                .publish();
        await().until(story::exists);
        return story;
    }

    private boolean exists() throws SQLException {
        try (Connection connection = connect();
                var query = connection.prepareStatement("SELECT 1 FROM tenant WHERE id = ?")) {
            query.setObject(1, tenant);
            return query.executeQuery().next();
        }
    }

    /** The database, as the runtime role sees it. */
    public static Connection connect() throws SQLException {
        var config = ConfigProvider.getConfig();
        return DriverManager.getConnection(
                config.getValue("quarkus.datasource.jdbc.url", String.class),
                "lifecycle",
                config.getValue("tenure.db.password", String.class));
    }

    /** A tenant whose retention is running. */
    public static Story retained() {
        Story story = requested();
        story.disablement().forEach(Told::publish);
        story.awaitState("RETAINED");
        return story;
    }

    /** A tenant whose deletion was ordered. */
    public static Story deleting() {
        Story story = retained();
        story.delivered().forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", NOTICES);
        Time.advance(Duration.ofDays(30));
        story.awaitState("DELETING");
        return story;
    }

    /** A tenant that is deleted and certified. */
    public static Story deleted() {
        Story story = deleting();
        story.deletion().forEach(Told::publish);
        story.awaitState("DELETED");
        return story;
    }

    public Response request() {
        return request(Ids.next().toString());
    }

    public Response request(String idempotencyKey) {
        return as("account-manager")
                .header("Idempotency-Key", idempotencyKey)
                .contentType(ContentType.JSON)
                .body(Map.of("tenantId", tenant, "checklist", CHECKLIST))
                .post("/v1/terminations");
    }

    public Response cancel() {
        return as("account-manager").post("/v1/terminations/{id}/cancellation", termination);
    }

    public Response get() {
        return as("csp-operator").get("/v1/terminations/{id}", termination);
    }

    public static RequestSpecification as(String role) {
        return given().auth().oauth2(TestTokens.of("lifecycle", role));
    }

    public RequestSpecification asAdministrator() {
        return given().auth().oauth2(TestTokens.ofTenant("lifecycle", tenant));
    }

    public void awaitState(String state) {
        await().until(() -> state.equals(get().path("state")));
    }

    public void awaitSteps(String name, int count) {
        await().until(() -> steps(name) == count);
    }

    public long steps(String name) {
        return steps().stream().filter(name::equals).count();
    }

    /** The names of all steps, oldest first. */
    public List<String> steps() {
        return as("csp-operator")
                .get("/v1/terminations/{id}/steps?limit=200", termination)
                .jsonPath()
                .getList("items.name", String.class);
    }

    public List<Told> disablement() {
        return List.of(
                tell(new MediumDisabled(termination, vm, disablement, ROOT)),
                tell(new AssetDisabled(
                        termination, vm, AssetKind.VM, disablement, 1, MediaDigest.ofDisks(List.of(ROOT)))),
                tell(new AssetDisabled(
                        termination, vdc, AssetKind.VDC, disablement, 0, MediaDigest.ofDisks(List.of()))),
                tell(new TenantDisabled(termination, 2, 1, manifestDigest())),
                tell(new CredentialRevoked(credential, termination)),
                tell(new TenantAccessRestricted(termination, RESTRICTED_AT, 1, 1)));
    }

    /** The digest of a manifest with the VM's only disk. */
    public String manifestDigest() {
        return MediaDigest.ofManifest(List.of(new Medium(vm, ROOT.name(), ROOT.bytes())));
    }

    /** For a tenant that has nothing. */
    public Told nothingToDisable() {
        return tell(new TenantDisabled(termination, 0, 0, MediaDigest.ofManifest(List.of())));
    }

    public List<Told> delivered() {
        List<Told> told = new ArrayList<>();
        for (int notice = 0; notice < NOTICES; notice++) {
            told.add(delivered(notice));
        }
        return told;
    }

    /** @param notice 0 for the start notice, then the warnings */
    public Told delivered(int notice) {
        return tell(new NoticeDelivered(
                notices.get(notice),
                notice == 0 ? NoticeKind.RETENTION_STARTED : NoticeKind.RETENTION_WARNING,
                termination,
                1,
                Math.max(1, notice),
                Channel.EMAIL,
                "<message-" + notice + "@test.invalid>",
                1));
    }

    /** A notice of a later schedule. */
    public Told delivered(int schedule, NoticeKind kind, int sequence) {
        return tell(new NoticeDelivered(
                Ids.next(), kind, termination, schedule, sequence, Channel.EMAIL, "<message@test.invalid>", 1));
    }

    public UUID notice(int notice) {
        return notices.get(notice);
    }

    public List<Told> deletion() {
        return deletion(SANITIZED);
    }

    /** @param disk how the VM's only disk was sanitized */
    public List<Told> deletion(SanitizedDisk disk) {
        return List.of(
                mediumSanitized(disk),
                sanitized(vm, List.of(disk)),
                sanitized(vdc, List.of()),
                tell(new TenantAssetsDeleted(termination, 2, Time.now())),
                tell(new TenantKeysDestroyed(termination, 1, 3)));
    }

    /** The VM's only disk is sanitized; the VDC has none. */
    public Told mediumSanitized() {
        return mediumSanitized(SANITIZED);
    }

    public Told mediumSanitized(SanitizedDisk disk) {
        return tell(new MediumSanitized(termination, vm, sanitization, disk));
    }

    public Told sanitized(UUID asset) {
        return sanitized(asset, asset.equals(vm) ? List.of(SANITIZED) : List.of());
    }

    private Told sanitized(UUID asset, List<SanitizedDisk> disks) {
        return tell(new AssetSanitized(
                termination,
                asset,
                asset.equals(vm) ? AssetKind.VM : AssetKind.VDC,
                sanitization,
                disks.size(),
                MediaDigest.ofSanitized(disks)));
    }

    public List<Told> restoration() {
        return List.of(
                tell(new AssetRestored(termination, vm, AssetKind.VM)),
                tell(new TenantRestored(termination, 1, 0)),
                tell(new TenantAccessRestored(termination, 1)));
    }

    public Told tell(Fact fact) {
        return Records.told(tenant, termination, "/v1/tenants/" + tenant, Time.now(), fact);
    }

    /** Publishes everything once in a random order, and some of it again. */
    public static void publishShuffled(List<Told> told, long seed) {
        Random random = new Random(seed);
        List<Told> order = new ArrayList<>(told);
        for (int i = 0; i < 3; i++) {
            order.add(told.get(random.nextInt(told.size())));
        }
        Collections.shuffle(order, random);
        // A topic keeps a tenant's order: disks come before the fact that closes them, and assets before the tenant.
        order.sort(Comparator.comparing(one -> switch (one.event().fact()) {
            case MediumDisabled medium -> 0;
            case MediumSanitized medium -> 0;
            case AssetDisabled asset -> 1;
            default -> 2;
        }));
        order.forEach(Told::publish);
    }
}
