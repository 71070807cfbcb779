package io.tenure.platform.sandbox;

import io.tenure.events.ProvisioningFact.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What belongs to one asset on the storage: a VM's directory, a machine's directory within its VDC, or a VDC's directory
 * without the machines in it.
 *
 * @param asset the directory of the VM, or of the VDC that everything is in
 * @param top the part's own directory, {@code asset} or one of its machines
 * @param withoutMachines whether the machines in {@code asset} are assets of their own
 * @param areas all that the tenant has on the storage
 * @param state what the driver remembers of it
 */
record Part(Path asset, Path top, boolean withoutMachines, List<Path> areas, AssetState state) {

    private static final String HOISTED = ".deep";

    /** With the machines in it: what is left in a VDC when it is sanitized goes with it. */
    Part whole() {
        return new Part(asset, top, false, areas, state);
    }

    /**
     * What there is.
     *
     * @param disks all regular files, whatever their names; one with several names under the first of them, and only in
     *     the part that has this
     * @param outside keys of those that have a name outside of the tenant's areas too: another's disk, perhaps
     * @param siblings names that disks of this part have in other parts
     */
    record Content(Tree tree, List<Tree.Node> disks, Set<Object> outside, List<Path> siblings) {

        boolean isOutside(Tree.Node disk) {
            return outside.contains(disk.key());
        }

        /**
         * Those whose permissions are this part's matter: one that is linked from elsewhere is shut off by its
         * directory.
         */
        Stream<Tree.Node> lockable() {
            return disks.stream().filter(disk -> !disk.deep() && !isOutside(disk));
        }

        Stream<Tree.Node> directories() {
            return tree.directories().stream().filter(directory -> !directory.deep());
        }
    }

    /** Every disk, and without bytes whatever else is there: links, pipes, sockets. In the order of their paths. */
    List<Disk> disks() throws IOException {
        return disks(content());
    }

    List<Disk> disks(Content content) throws IOException {
        Map<String, String> hoisted = state.hoisted();
        return Stream.concat(
                        content.disks().stream().map(node -> new Disk(diskName(node.path(), hoisted), node.size())),
                        content.tree().others().stream().map(node -> new Disk(diskName(node.path(), hoisted), 0)))
                .toList();
    }

    /** A path as a key in {@link AssetState}; the one that it had before it was moved up. */
    String key(Path path) throws IOException {
        return key(path, state.hoisted());
    }

    private String key(Path path, Map<String, String> hoisted) {
        String present = EncodedPath.of(top.relativize(path));
        return hoisted.getOrDefault(present, present);
    }

    String diskName(Path file) throws IOException {
        return diskName(file, state.hoisted());
    }

    /**
     * What a disk is called outside of this service. Names that customers gave to their files stay inside: they may tell
     * about persons, and what is published is published for ever.
     */
    private String diskName(Path file, Map<String, String> hoisted) {
        String key = key(file, hoisted);
        if (key.equals(SandboxLayout.DISK)) {
            return SandboxLayout.DISK;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(asset.getFileName().toString().substring(0, 36).getBytes(StandardCharsets.UTF_8));
            byte[] hash = digest.digest(key.getBytes(StandardCharsets.UTF_8));
            return "file-" + HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", impossible);
        }
    }

    /** Whether nobody but the service reaches the disks any more. */
    boolean isLocked() throws IOException {
        return SandboxLayout.isDisabled(asset) && isShut();
    }

    /** Whether nobody but the service has any permission. */
    boolean isShut() throws IOException {
        Content content = content();
        return content.tree().complete()
                && content.directories().allMatch(node -> node.mode() == Tree.OWNER_ONLY)
                && content.lockable().allMatch(node -> node.mode() == Tree.NO_ACCESS);
    }

    /**
     * Takes every permission away, directories first, so that nobody can exchange what is below them meanwhile. The old
     * permissions are recorded first. Repeats until there is nothing left to do, since the tenant may add files
     * meanwhile. Nothing that a customer can put here stops it.
     */
    void lock() throws IOException {
        boolean changed;
        do {
            Content content = content();
            List<Tree.Node> directories = content.directories().toList();
            List<Tree.Node> files = content.lockable().toList();
            changed = !content.tree().complete();
            Map<String, Integer> modes = state.modes();
            Map<String, String> hoisted = state.hoisted();
            boolean news = false;
            for (Tree.Node node : directories) {
                news |= modes.putIfAbsent(key(node.path(), hoisted), node.mode()) == null;
            }
            for (Tree.Node node : files) {
                news |= modes.putIfAbsent(key(node.path(), hoisted), node.mode()) == null;
            }
            if (news) {
                state.keepModes(modes);
            }
            changed |= news;
            for (Tree.Node node : directories) {
                changed |= ensure(node, Tree.OWNER_ONLY);
            }
            if (!changed) {
                for (Tree.Node node : files) {
                    changed |= ensure(node, Tree.NO_ACCESS);
                }
            }
        } while (changed);
    }

    private static boolean ensure(Tree.Node node, int mode) throws IOException {
        if (node.mode() == mode) {
            return false;
        }
        Tree.setMode(node.path(), mode);
        return true;
    }

    /** Gives back the permissions of before, children first. */
    void unlock() throws IOException {
        Map<String, Integer> modes = state.modes();
        Content content = content();
        for (Tree.Node node : content.lockable().toList()) {
            giveBack(node, modes);
        }
        for (Tree.Node node : content.directories().toList().reversed()) {
            giveBack(node, modes);
        }
    }

    private void giveBack(Tree.Node node, Map<String, Integer> modes) throws IOException {
        Integer before = modes.get(EncodedPath.of(top.relativize(node.path())));
        if (before != null) {
            ensure(node, before);
        }
    }

    /** Moves disks that no path reaches to where one does, so that they can be overwritten. They keep their names. */
    void hoist() throws IOException {
        List<Path> deep = content().disks().stream()
                .filter(Tree.Node::deep)
                .map(Tree.Node::path)
                .toList();
        for (Path disk : deep) {
            Path target = top.resolve(HOISTED).resolve(diskName(disk));
            Files.createDirectories(target.getParent());
            Tree.setMode(target.getParent(), Tree.OWNER_ONLY);
            Map<String, String> hoisted = state.hoisted();
            hoisted.put(EncodedPath.of(top.relativize(target)), EncodedPath.of(top.relativize(disk)));
            state.keepHoisted(hoisted);
            DeepPath.moveUp(disk, target);
        }
    }

    /** Removes everything, also what its disks are called elsewhere in the tenant's areas. */
    void remove() throws IOException {
        Content content = content();
        for (Path sibling : content.siblings()) {
            DeepPath.deleteFile(sibling);
        }
        Tree.of(top).remove();
        DurableFiles.sync(top.getParent());
    }

    Content content() throws IOException {
        Tree tree = Tree.of(top, withoutMachines ? SandboxLayout.machines(asset) : List.of());
        Map<Object, List<Tree.Node>> byKey = new LinkedHashMap<>();
        for (Tree.Node file : tree.files()) {
            if (!SandboxLayout.isDescription(asset, file.path())) {
                byKey.computeIfAbsent(file.key(), first -> new ArrayList<>()).add(file);
            }
        }
        Map<Object, List<Path>> everywhere = null;
        List<Tree.Node> disks = new ArrayList<>();
        Set<Object> outside = new HashSet<>();
        List<Path> siblings = new ArrayList<>();
        for (List<Tree.Node> names : byKey.values()) {
            names.sort(Comparator.comparing(Tree.Node::path));
            Tree.Node first = names.getFirst();
            if (first.links() == names.size()) {
                disks.add(first);
                continue;
            }
            if (everywhere == null) {
                everywhere = namesInAllAreas();
            }
            List<Path> all = everywhere.getOrDefault(first.key(), List.of(first.path()));
            if (all.getFirst().equals(first.path())) {
                disks.add(first);
                all.stream().filter(name -> !name.startsWith(top)).forEach(siblings::add);
            }
            if (first.links() != Tree.Node.UNKNOWN && all.size() < first.links()) {
                outside.add(first.key());
            }
        }
        return new Content(tree, disks, outside, siblings);
    }

    /** All names of each file in the tenant's areas, in their order. */
    private Map<Object, List<Path>> namesInAllAreas() throws IOException {
        Map<Object, List<Path>> names = new HashMap<>();
        for (Path area : areas) {
            for (Tree.Node file : Tree.of(area).files()) {
                names.computeIfAbsent(file.key(), first -> new ArrayList<>()).add(file.path());
            }
        }
        names.values().forEach(paths -> paths.sort(Comparator.naturalOrder()));
        return names;
    }
}
