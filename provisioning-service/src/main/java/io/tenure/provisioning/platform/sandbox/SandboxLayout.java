package io.tenure.provisioning.platform.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.events.AssetKind;
import io.tenure.provisioning.platform.AssetRef;
import io.tenure.provisioning.platform.AssetSpec;
import io.tenure.provisioning.platform.DriverException;
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

/**
 * Where things lie.
 *
 * <pre>
 * root/TENANT/ASSET/domain.json, disk.img            a VM in use
 * root/TENANT/ASSET/domain.json, vms/NAME/disk.img   a VDC in use; its tenant writes below vms/
 * root/TENANT/ASSET.disabled/...                     disabled; the same content
 * root/TENANT/ASSET.disabled/                        empty: disabled before it existed
 * root/TENANT/ASSET.new/...                          being made
 * root/.state/TENANT/...                             what the driver remembers
 * root/.identity                                     the mark by which this root is known again
 * </pre>
 */
record SandboxLayout(Path root) {

    static final String DISK = "disk.img";

    private static final String IDENTITY = ".identity";

    private static final String DISABLED = ".disabled";
    private static final String NEW = ".new";
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

    Path tenant(UUID tenantId) {
        return root.resolve(tenantId.toString());
    }

    Path inUse(AssetRef.Own asset) {
        return tenant(asset.tenantId()).resolve(asset.assetId().toString());
    }

    Path disabled(AssetRef.Own asset) {
        return tenant(asset.tenantId()).resolve(asset.assetId() + DISABLED);
    }

    Path incomplete(AssetRef.Own asset) {
        return tenant(asset.tenantId()).resolve(asset.assetId() + NEW);
    }

    /** Where the VDC of a machine is now, and whether it is disabled; empty if there is none. */
    Optional<Path> vdcOf(AssetRef.InVdc machine) {
        AssetRef.Own vdc = new AssetRef.Own(machine.tenantId(), machine.vdcId());
        return isDirectory(disabled(vdc))
                ? Optional.of(disabled(vdc))
                : Optional.of(inUse(vdc)).filter(SandboxLayout::isDirectory);
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
        return switch (asset) {
            case AssetRef.Own own ->
                new AssetState(states(own.tenantId()), own.assetId().toString());
            case AssetRef.InVdc machine ->
                // Fixed length, however long the customer's name is.
                new AssetState(
                        states(machine.tenantId()),
                        machine.vdcId() + "-"
                                + UUID.nameUUIDFromBytes(machine.name().getBytes(StandardCharsets.UTF_8)));
        };
    }

    Path states(UUID tenantId) {
        return root.resolve(".state").resolve(tenantId.toString());
    }

    /** Whether a directory entry of a tenant is an asset, and which. */
    static Optional<UUID> assetId(Path entry) {
        String name = entry.getFileName().toString();
        for (String suffix : List.of(DISABLED, NEW)) {
            if (name.endsWith(suffix)) {
                name = name.substring(0, name.length() - suffix.length());
            }
        }
        try {
            UUID id = UUID.fromString(name);
            return isDirectory(entry) && id.toString().equals(name) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    static boolean isDisabled(Path asset) {
        return asset.getFileName().toString().endsWith(DISABLED);
    }

    /** Whether a file tells of an asset instead of being one of its disks. */
    static boolean isDescription(Path asset, Path file) {
        return file.equals(asset.resolve(DOMAIN));
    }

    /** Whether the asset was once complete. */
    static boolean isDescribed(Path asset) {
        return Files.isRegularFile(asset.resolve(DOMAIN), LinkOption.NOFOLLOW_LINKS);
    }

    static AssetKind kind(Path asset) throws IOException {
        try {
            JsonNode domain = MAPPER.readTree(Files.readAllBytes(asset.resolve(DOMAIN)));
            return AssetKind.valueOf(domain.path("kind").asText());
        } catch (NoSuchFileException | IllegalArgumentException undescribed) {
            return isDirectory(asset.resolve(MACHINES)) ? AssetKind.VDC : AssetKind.VM;
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

    /** Makes the sandbox, or says why it cannot be used. */
    void prepare() {
        try {
            Files.createDirectories(root.resolve(".state"));
            if (!Files.isWritable(root)) {
                throw new IOException("not writable");
            }
        } catch (IOException unusable) {
            throw new IllegalStateException(
                    "tenure.sandbox.root must be a directory that the service may write to: " + root, unusable);
        }
    }

    /** Refuses a place where the asset is in use and disabled at once; only a foreign hand can have made that. */
    void mustBeOne(AssetRef.Own asset) {
        if (isDirectory(inUse(asset)) && isDirectory(disabled(asset))) {
            throw DriverException.passing("the asset is in use and disabled at once; an operator must decide");
        }
    }
}
