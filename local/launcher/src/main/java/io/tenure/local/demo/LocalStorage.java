package io.tenure.local.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The sandbox driver's files in a directory of this machine. */
final class LocalStorage implements Storage {

    private record Open(FileChannel channel) implements Held {

        @Override
        public byte[] content() throws IOException {
            var buffer = ByteBuffer.allocate((int) channel.size());
            while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
                // A read may give less than was asked for.
            }
            return buffer.array();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private final Path root;

    LocalStorage(Path root) {
        this.root = root;
    }

    @Override
    public void create(String path, int bytes) throws IOException {
        var file = root.resolve(path);
        Files.createDirectory(file.getParent());
        var content = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(content);
        Files.write(file, content);
    }

    @Override
    public void write(String path, String text, int every) throws IOException {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        try (var writer = FileChannel.open(root.resolve(path), StandardOpenOption.WRITE)) {
            for (long at = 0; at + bytes.length <= writer.size(); at += every) {
                writer.write(ByteBuffer.wrap(bytes), at);
            }
            writer.force(true);
        }
    }

    @Override
    public Held hold(String path) throws IOException {
        return new Open(FileChannel.open(root.resolve(path), StandardOpenOption.READ));
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(root.resolve(path));
    }

    @Override
    public List<Found> files(String below) throws IOException {
        var directory = root.resolve(below);
        if (!Files.exists(directory)) {
            return List.of();
        }
        var found = new ArrayList<Found>();
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var mode = (int) Files.getAttribute(file, "unix:mode") & 0777;
                found.add(new Found(root.relativize(file).toString(), mode));
            }
        }
        return found;
    }
}
