package io.tenure.platform.sandbox;

import io.tenure.platform.AssetRef.Own;
import io.tenure.platform.Intent;
import io.tenure.platform.Inventory;
import io.tenure.platform.PlatformContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;

class SandboxContractTest extends PlatformContract {

    @TempDir
    Path directory;

    @Override
    protected Installation install() {
        return new Directory(directory.resolve("sandbox"), directory.resolve("away"), new ArrayList<>());
    }

    private record Directory(Path root, Path away, List<SandboxPlatform> platforms) implements Installation {

        private interface Move {
            void run() throws IOException;
        }

        private SandboxPlatform platform(Execution.Probe probe) {
            SandboxPlatform platform = Sandbox.platform(root, probe);
            platforms.add(platform);
            return platform;
        }

        @Override
        public SandboxPlatform replica() {
            return platform((operation, step) -> {});
        }

        @Override
        public Mortal dyingAfter(int signs) {
            Death death = new Death(signs);
            SandboxPlatform platform = platform(death);
            return new Mortal() {
                @Override
                public SandboxPlatform platform() {
                    return platform;
                }

                @Override
                public boolean isDead() {
                    return death.isDead();
                }
            };
        }

        @Override
        public Stalling stalling(Intent intent, int signs) {
            Stall stall = new Stall(intent, signs);
            SandboxPlatform platform = platform(stall);
            return new Stalling() {
                @Override
                public SandboxPlatform platform() {
                    return platform;
                }

                @Override
                public int stalled() {
                    return stall.stalled();
                }

                @Override
                public void letGo() {
                    stall.letGo();
                }
            };
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
        public void takeMarkAway() {
            move(root.resolve(".identity"), away);
        }

        @Override
        public void bringMarkBack() {
            move(away, root.resolve(".identity"));
        }

        /**
         * Of what carries the mark, without what is kept about operations, which are others each time. Of what does
         * not, everything, but without permissions: a wipe that ends gives back those that it took.
         */
        @Override
        public Object content() {
            Map<String, String> all = SandboxFiles.snapshot(root);
            boolean marked = Files.exists(root.resolve(".identity"));
            return all.entrySet().stream()
                    .filter(entry -> !marked || !entry.getKey().startsWith("."))
                    .collect(Collectors.toMap(
                            Map.Entry::getKey,
                            entry ->
                                    marked ? entry.getValue() : entry.getValue().substring(9)));
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
            return area(asset.tenantId()).resolve(asset.assetId().toString());
        }

        private Path area(UUID tenantId) {
            return root.resolve(Sandbox.LOCATION).resolve(tenantId.toString());
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

        @Override
        public Inventory.Place putBeside(UUID tenantId, String name, String content) {
            run(() -> {
                Files.createDirectories(area(tenantId));
                Files.writeString(area(tenantId).resolve(name), content);
            });
            return new Inventory.Place(Sandbox.LOCATION, name);
        }

        @Override
        public void close() {
            platforms.forEach(SandboxPlatform::close);
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
