package io.tenure.provisioning.platform.sandbox;

import io.tenure.provisioning.platform.AssetRef.Own;
import io.tenure.provisioning.platform.DriverContract;
import io.tenure.provisioning.platform.HypervisorDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SandboxContractTest extends DriverContract {

    @TempDir
    Path directory;

    @Override
    protected Installation install() {
        return new Directory(directory.resolve("sandbox"), directory.resolve("away"));
    }

    private record Directory(Path root, Path away) implements Installation {

        private interface Move {
            void run() throws IOException;
        }

        @Override
        public HypervisorDriver driver() {
            return Sandbox.driver(root);
        }

        @Override
        public String location() {
            return Sandbox.LOCATION;
        }

        @Override
        public void takeStorageAway() {
            move(root, away);
        }

        @Override
        public void bringStorageBack() {
            run(() -> Tree.of(root).remove());
            move(away, root);
        }

        @Override
        public void putAnotherStorageThere() {
            run(() -> Files.createDirectories(root.resolve(".state")));
        }

        @Override
        public void takeAway(Own asset) {
            move(disabled(asset), away);
        }

        @Override
        public void bringBack(Own asset) {
            run(() -> Files.createDirectories(disabled(asset).getParent()));
            move(away, disabled(asset));
        }

        private Path disabled(Own asset) {
            return inUse(asset).resolveSibling(asset.assetId() + ".disabled");
        }

        private Path inUse(Own asset) {
            return root.resolve(Sandbox.LOCATION)
                    .resolve(asset.tenantId().toString())
                    .resolve(asset.assetId().toString());
        }

        @Override
        public void addDisk(Own asset, String content) {
            Path place = Files.exists(inUse(asset)) ? inUse(asset) : disabled(asset);
            run(() -> {
                Path disk = Files.writeString(place.resolve("added.img"), content);
                if (!place.equals(inUse(asset))) {
                    Tree.setMode(disk, Tree.NO_ACCESS);
                }
            });
        }

        private static void move(Path from, Path to) {
            run(() -> Files.move(from, to));
        }

        private static void run(Move move) {
            try {
                move.run();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
