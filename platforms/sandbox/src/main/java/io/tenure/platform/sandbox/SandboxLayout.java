package io.tenure.platform.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.events.AssetKind;
import io.tenure.platform.AssetRef;
import io.tenure.platform.AssetSpec;
import io.tenure.platform.Command;
import io.tenure.platform.DriverException;
import io.tenure.platform.Inventory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Where things lie. A location is a directory; on a real installation, a mount of its storage.
 *
 * <pre>
 * root/LOCATION/TENANT/ASSET/domain.json, disk.img            a VM in use
 * root/LOCATION/TENANT/ASSET/domain.json, vms/NAME/disk.img   a VDC in use; its tenant writes below vms/
 * root/LOCATION/TENANT/ASSET.disabled/...                     disabled; the same content
 * root/LOCATION/TENANT/ASSET.new/...                          being made
 * root/LOCATION/TENANT/ASSET.taking/...                       being taken in
 * root/.state/TENANT/...                                      what the driver remembers
 * root/.operations/ASSET                                      the last operation and the highest epoch, kept for good
 * root/.lock                                                  locked in part by whoever is at an asset
 * root/.identity                                              the mark by which this root is known again
 * </pre>
 *
 * <p>{@code domain.json} carries the tenant's mark: whose the asset is.
 */
record SandboxLayout(Path root) {

    static final String DISK = "disk.img";

    private static final String IDENTITY = ".identity";
    private static final String FINDING = "finding-";
    private static final String TENANT = "tenant-";

    private static final String DISABLED = ".disabled";
    private static final String NEW = ".new";
    private static final String TAKING = ".taking";
    private static final String TAKEN = "taken";
    private static final String DOMAIN = "domain.json";
    private static final String MACHINES = "vms";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The mark of this root; empty where there is none. */
    Optional<UUID> mark() throws IOException {
        try {
            return Optional.of(
                    UUID.fromString(Files.readString(root.resolve(IDENTITY)).strip()));
        } catch (NoSuchFileException | IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /** Marks this root, unless somebody is quicker. */
    void mark(UUID identity) throws IOException {
        Path mine = Files.createTempFile(root, IDENTITY, null);
        try {
            DurableFiles.replace(mine, identity.toString().getBytes(StandardCharsets.UTF_8));
            // A link does not replace what is there.
            Files.createLink(root.resolve(IDENTITY), mine);
            DurableFiles.sync(root);
        } catch (FileAlreadyExistsException marked) {
            return;
        } finally {
            Files.deleteIfExists(mine);
        }
    }

    Path lockFile() {
        return root.resolve(".lock");
    }

    /** Where a tenant's assets are in a location. @throws DriverException for what is no location's name */
    Path area(String location, UUID tenantId) {
        if (!location.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw DriverException.permanent("the platform has no such location");
        }
        return root.resolve(location).resolve(tenantId.toString());
    }

    /** Where a tenant has something, location by location. */
    List<Path> areas(UUID tenantId) throws IOException {
        return list(root).stream()
                .filter(location -> !location.getFileName().toString().startsWith("."))
                .map(location -> location.resolve(tenantId.toString()))
                .filter(SandboxLayout::isDirectory)
                .toList();
    }

    /** The location of something that lies directly in a tenant's area. */
    static String locationOf(Path entry) {
        return entry.getParent().getParent().getFileName().toString();
    }

    /** Where an asset is; empty if it does not exist. Refuses one that is there twice: this driver never does that. */
    Optional<Path> find(AssetRef.Own asset) throws IOException {
        List<Path> places = areas(asset.tenantId()).stream()
                .flatMap(area ->
                        Stream.of(area.resolve(asset.assetId().toString()), area.resolve(asset.assetId() + DISABLED)))
                .filter(SandboxLayout::isDirectory)
                .toList();
        if (places.size() > 1) {
            throw DriverException.passing(
                    "the asset is there twice, in use and disabled or in two locations: an operator"
                            + " must move one of them away");
        }
        places.forEach(place -> mustNotBeForeign(asset.tenantId(), place));
        return places.stream().findFirst();
    }

    /** Refuses what carries another tenant's mark. */
    static void mustNotBeForeign(UUID tenantId, Path entry) {
        if (owner(entry).filter(owner -> !owner.equals(tenantId)).isPresent()) {
            throw DriverException.passing("what is there carries another tenant's mark, and is not touched: move it to"
                    + " its own place by hand");
        }
    }

    /** The tenant whose mark something carries; empty if it carries none. */
    static Optional<UUID> owner(Path entry) {
        return domain(entry).map(domain -> domain.path("tenantId").asText()).flatMap(SandboxLayout::uuid);
    }

    static Path disabled(Path inUse) {
        return inUse.resolveSibling(inUse.getFileName() + DISABLED);
    }

    static Path inUse(Path disabled) {
        String name = disabled.getFileName().toString();
        return disabled.resolveSibling(name.substring(0, name.length() - DISABLED.length()));
    }

    Path incomplete(String location, AssetRef.Own asset) {
        return area(location, asset.tenantId()).resolve(asset.assetId() + NEW);
    }

    /** What was left of making an asset. */
    List<Path> incomplete(AssetRef.Own asset) throws IOException {
        return areas(asset.tenantId()).stream()
                .map(area -> area.resolve(asset.assetId() + NEW))
                .toList();
    }

    /** Where something is kept while it is being taken in. */
    Path taking(String location, AssetRef.Own asset) {
        return area(location, asset.tenantId()).resolve(asset.assetId() + TAKING);
    }

    /** What is taken in lies apart from the description. */
    static Path taken(Path asset) {
        return asset.resolve(TAKEN);
    }

    static Path disabledOf(Path taking) {
        String name = taking.getFileName().toString();
        return taking.resolveSibling(name.substring(0, name.length() - TAKING.length()) + DISABLED);
    }

    /** Where the VDC of a machine is now; empty if there is none. */
    Optional<Path> vdcOf(AssetRef.InVdc machine) throws IOException {
        return find(new AssetRef.Own(machine.tenantId(), machine.vdcId()));
    }

    /** A machine's directory in its VDC; empty if there is none. */
    static Optional<Path> machine(Path vdc, AssetRef.InVdc machine) {
        Path machines = vdc.resolve(MACHINES);
        return Optional.of(EncodedPath.resolve(machines, machine.name()))
                .filter(path -> isDirectory(machines) && isDirectory(path));
    }

    /** The machines in a VDC. */
    static List<Path> machines(Path vdc) throws IOException {
        Path machines = vdc.resolve(MACHINES);
        return isDirectory(machines)
                ? list(machines).stream().filter(SandboxLayout::isDirectory).toList()
                : List.of();
    }

    AssetState state(AssetRef asset) {
        return new AssetState(states(asset.tenantId()), key(asset));
    }

    /** What identifies an asset on this storage. */
    private static String key(AssetRef asset) {
        return switch (asset) {
            case AssetRef.Own own -> own.assetId().toString();
            // Fixed length, however long the customer's name is.
            case AssetRef.InVdc machine ->
                machine.vdcId() + "-" + UUID.nameUUIDFromBytes(machine.name().getBytes(StandardCharsets.UTF_8));
        };
    }

    /**
     * What an operation is recorded with and excludes others from: its asset, or the tenant if it is about many of its
     * things.
     */
    static String key(Command command) {
        return switch (command) {
            case Command.Create create -> key(create.spec().ref());
            case Command.TakeIn takeIn -> key(takeIn.asset());
            case Command.Disable disable -> key(disable.asset());
            case Command.Restore restore -> key(restore.asset());
            case Command.Sanitize sanitize -> key(sanitize.asset());
            case Command.Delete delete -> key(delete.asset());
            case Command.ShutOff shutOff -> key(shutOff.tenantId());
        };
    }

    /** For what is about many things of a tenant. */
    static String key(UUID tenantId) {
        return TENANT + tenantId;
    }

    Journal journal(String key) {
        return new Journal(root.resolve(".operations"), key);
    }

    /** For something in a tenant's area that is not one of its assets. */
    AssetState state(UUID tenantId, Inventory.Place place) {
        UUID key = UUID.nameUUIDFromBytes(
                (tenantId + "/" + place.location() + "/" + place.name()).getBytes(StandardCharsets.UTF_8));
        return new AssetState(states(tenantId), FINDING + key);
    }

    /** Forgets what lay beside a tenant's assets; to be called once nothing of the tenant is left. */
    void forgetFindings(UUID tenantId) throws IOException {
        for (Path file : list(states(tenantId))) {
            if (file.getFileName().toString().startsWith(FINDING)) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Whether something beside a tenant's assets was shut off. */
    boolean hasFindings(UUID tenantId) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(states(tenantId), FINDING + "*")) {
            return files.iterator().hasNext();
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /** What lies at a place in a tenant's area. */
    Path entry(UUID tenantId, Inventory.Place place) {
        return EncodedPath.resolve(area(place.location(), tenantId), place.name());
    }

    static Inventory.Place place(Path entry) {
        return new Inventory.Place(locationOf(entry), EncodedPath.of(entry.getFileName()));
    }

    Path states(UUID tenantId) {
        return root.resolve(".state").resolve(tenantId.toString());
    }

    /** Whether a directory entry of a tenant is an asset, and which. */
    static Optional<UUID> assetId(Path entry) {
        String name = entry.getFileName().toString();
        for (String suffix : List.of(DISABLED, NEW, TAKING)) {
            if (name.endsWith(suffix)) {
                name = name.substring(0, name.length() - suffix.length());
            }
        }
        String bare = name;
        return uuid(bare).filter(id -> isDirectory(entry) && id.toString().equals(bare));
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException other) {
            return Optional.empty();
        }
    }

    static boolean isDisabled(Path asset) {
        return asset.getFileName().toString().endsWith(DISABLED);
    }

    /** Whether a file describes an asset instead of being one of its disks. */
    static boolean isDescription(Path asset, Path file) {
        return file.equals(asset.resolve(DOMAIN));
    }

    /** Whether the asset was once complete. */
    static boolean isDescribed(Path asset) {
        return Files.isRegularFile(asset.resolve(DOMAIN), LinkOption.NOFOLLOW_LINKS);
    }

    static AssetKind kind(Path asset) {
        return domain(asset)
                .map(domain -> domain.path("kind").asText())
                .flatMap(name -> Stream.of(AssetKind.values())
                        .filter(kind -> kind.name().equals(name))
                        .findFirst())
                .orElseGet(() -> isDirectory(asset.resolve(MACHINES)) ? AssetKind.VDC : AssetKind.VM);
    }

    /** Empty where there is none, or one that nobody can read. */
    private static Optional<JsonNode> domain(Path asset) {
        if (!isDescribed(asset)) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(MAPPER.readTree(Files.readAllBytes(asset.resolve(DOMAIN))));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    static void describe(Path asset, AssetSpec spec) throws IOException {
        Map<String, Object> domain = new LinkedHashMap<>();
        domain.put("assetId", spec.ref().assetId());
        domain.put("tenantId", spec.ref().tenantId());
        domain.put("kind", spec.kind());
        domain.put("image", spec.image());
        domain.put("vcpus", spec.vcpus());
        domain.put("memoryMiB", spec.memoryMiB());
        domain.put("storageMiB", spec.storageMiB());
        domain.put("location", spec.location());
        DurableFiles.replace(
                asset.resolve(DOMAIN), MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(domain));
    }

    static void prepareMachines(Path vdc) throws IOException {
        Files.createDirectory(vdc.resolve(MACHINES));
    }

    static boolean isDirectory(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** The entries of a directory; none if it does not exist. */
    static List<Path> list(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException absent) {
            return List.of();
        }
        entries.sort(null);
        return entries;
    }

    /** Makes the sandbox, or says why it cannot be used. @param setting which names the root */
    void prepare(String setting) {
        try {
            Files.createDirectories(root.resolve(".state"));
            if (!Files.isWritable(root)) {
                throw new IOException("not writable");
            }
        } catch (IOException unusable) {
            throw new IllegalStateException(
                    setting + " must be a directory that the service may write to: " + root, unusable);
        }
    }
}
