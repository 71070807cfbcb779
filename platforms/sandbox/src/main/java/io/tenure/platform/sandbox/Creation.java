package io.tenure.platform.sandbox;

import io.tenure.events.AssetKind;
import io.tenure.platform.AssetRef.Own;
import io.tenure.platform.AssetSpec;
import io.tenure.platform.DriverException;
import io.tenure.platform.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/** Makes assets: in a directory that nobody sees, which one rename makes visible. */
final class Creation {

    private static final long MIB = 1 << 20;

    private final SandboxLayout layout;
    private final Set<String> locations;
    private final int largestDiskMib;
    private final long reserveBytes;

    /** @param reserveBytes how much room must be left on the storage */
    Creation(SandboxLayout layout, Set<String> locations, int largestDiskMib, long reserveBytes) {
        this.layout = layout;
        this.locations = locations;
        this.largestDiskMib = largestDiskMib;
        this.reserveBytes = reserveBytes;
    }

    /** The caller holds the asset's lock. */
    Outcome of(AssetSpec spec) throws IOException {
        if (!locations.contains(spec.location())) {
            throw DriverException.permanent("the platform has no such location");
        }
        AssetState state = layout.state(spec.ref());
        Optional<Path> place = layout.find(spec.ref());
        if (state.isKeptOut() || place.filter(SandboxLayout::isDisabled).isPresent()) {
            throw DriverException.passing("the asset is disabled");
        }
        if (place.isEmpty()) {
            make(spec, state);
        } else if (!SandboxLayout.locationOf(place.get()).equals(spec.location())) {
            throw DriverException.passing(
                    "the asset lies in another location than the one that was ordered: an operator must move it");
        }
        return new Outcome.Created(spec.location(), spec.ref().assetId().toString());
    }

    private void make(AssetSpec spec, AssetState state) throws IOException {
        forgetUnlessMade(spec.ref(), state);
        if (state.madeIn().isPresent()) {
            throw DriverException.passing(
                    "the asset was made before and is not there: bring its storage back, or have its loss attested");
        }
        // What an earlier attempt left was never in use.
        for (Path left : layout.incomplete(spec.ref())) {
            Tree.of(left).remove();
        }
        Path incomplete = layout.incomplete(spec.location(), spec.ref());
        Files.createDirectories(incomplete.getParent());
        Files.createDirectory(incomplete);
        SandboxLayout.describe(incomplete, spec);
        if (spec.kind() == AssetKind.VM) {
            fill(incomplete.resolve(SandboxLayout.DISK), spec.storageMiB());
        } else {
            SandboxLayout.prepareMachines(incomplete);
        }
        DurableFiles.sync(incomplete);
        state.keepMade(spec.location());
        DurableFiles.move(
                incomplete, incomplete.resolveSibling(spec.ref().assetId().toString()));
    }

    /**
     * A worker that noted the asset as made and died before it made it visible has left the incomplete directory
     * behind.
     */
    void forgetUnlessMade(Own asset, AssetState state) throws IOException {
        Optional<String> location = state.madeIn();
        if (location.isPresent() && SandboxLayout.isDirectory(layout.incomplete(location.get(), asset))) {
            state.forgetMade();
        }
    }

    private void fill(Path disk, int mebibytes) throws IOException {
        if (mebibytes > largestDiskMib) {
            throw DriverException.permanent("the platform makes no disk larger than " + largestDiskMib + " MiB");
        }
        long missing = mebibytes * MIB
                + reserveBytes
                - Files.getFileStore(disk.getParent()).getUsableSpace();
        if (missing > 0) {
            throw DriverException.of(
                    new DriverException.Kind.Quota(missing),
                    "the platform has no room for the disk: " + (missing / MIB + 1) + " MiB are missing");
        }
        RandomStream content = new RandomStream();
        byte[] chunk = new byte[(int) MIB];
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < mebibytes; i++) {
                content.fill(chunk, chunk.length);
                ByteBuffer buffer = ByteBuffer.wrap(chunk);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            channel.force(true);
        }
    }
}
