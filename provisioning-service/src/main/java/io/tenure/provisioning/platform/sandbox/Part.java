package io.tenure.provisioning.platform.sandbox;

import io.tenure.events.ProvisioningFact.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What belongs to one asset on the storage: a VM's directory, a machine's directory within its VDC, or a VDC's directory
 * without the machines in it.
 *
 * @param asset the directory of the VM, or of the VDC that everything is in
 * @param top the part's own directory, {@code asset} or one of its machines
 * @param withoutMachines whether the machines in {@code asset} are assets of their own
 */
record Part(Path asset, Path top, boolean withoutMachines) {

    static Part ownOf(Path asset) {
        return new Part(asset, asset, true);
    }

    /** With the machines in it: what is left in a VDC when it is sanitized goes with it. */
    Part whole() {
        return new Part(asset, top, false);
    }

    /** The disks: all regular files, whatever their names. In the order of their paths. */
    List<Tree.Node> files() throws IOException {
        return content().files();
    }

    List<Disk> disks() throws IOException {
        return files().stream()
                .map(file -> new Disk(diskName(file.path()), file.size()))
                .toList();
    }

    /** A path as a key in {@link AssetState}. */
    String key(Path path) {
        return EncodedPath.of(top.relativize(path));
    }

    /**
     * What a disk is called outside of this service. Names that customers gave to their files stay inside: they may tell
     * about persons, and what is published is published for ever.
     */
    String diskName(Path file) {
        Path relative = top.relativize(file);
        if (relative.equals(Path.of(SandboxLayout.DISK))) {
            return SandboxLayout.DISK;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(asset.getFileName().toString().substring(0, 36).getBytes(StandardCharsets.UTF_8));
            byte[] hash = digest.digest(EncodedPath.of(relative).getBytes(StandardCharsets.UTF_8));
            return "file-" + HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", impossible);
        }
    }

    /** Whether nobody but the service reaches the disks any more. */
    boolean isLocked() throws IOException {
        Tree content = content();
        return SandboxLayout.isDisabled(asset)
                && content.complete()
                && content.directories().stream().allMatch(node -> node.mode() == Tree.OWNER_ONLY)
                && content.files().stream().allMatch(node -> node.mode() == Tree.NO_ACCESS);
    }

    /**
     * Takes every permission away, directories first, so that nobody can exchange what is below them meanwhile. What the
     * permissions were is kept before. Repeats until there is nothing left to do, for the tenant may be quick.
     */
    void lock(AssetState state) throws IOException {
        boolean changed;
        do {
            Tree content = content();
            changed = !content.complete();
            Map<String, Integer> modes = state.modes();
            boolean news = false;
            for (Tree.Node node : content.directories()) {
                news |= modes.putIfAbsent(key(node.path()), node.mode()) == null;
            }
            for (Tree.Node node : content.files()) {
                news |= modes.putIfAbsent(key(node.path()), node.mode()) == null;
            }
            if (news) {
                state.keepModes(modes);
            }
            changed |= news;
            for (Tree.Node node : content.directories()) {
                changed |= ensure(node, Tree.OWNER_ONLY);
            }
            if (!changed) {
                for (Tree.Node node : content.files()) {
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
    void unlock(AssetState state) throws IOException {
        Map<String, Integer> modes = state.modes();
        Tree content = content();
        for (Tree.Node node : content.files()) {
            giveBack(node, modes);
        }
        for (Tree.Node node : content.directories().reversed()) {
            giveBack(node, modes);
        }
    }

    private void giveBack(Tree.Node node, Map<String, Integer> modes) throws IOException {
        Integer before = modes.get(key(node.path()));
        if (before != null) {
            ensure(node, before);
        }
    }

    void remove() throws IOException {
        Tree.of(asset).at(top).remove();
        DurableFiles.sync(top.getParent());
    }

    private Tree content() throws IOException {
        Tree all = Tree.of(asset);
        Tree part = all.at(top);
        if (withoutMachines) {
            part = part.without(SandboxLayout.machines(asset));
        }
        Tree content = new Tree(
                part.directories(),
                part.files().stream()
                        .filter(file -> !SandboxLayout.isDescription(asset, file.path()))
                        .toList(),
                part.others(),
                part.complete());
        all.mustContain(content);
        return content;
    }
}
