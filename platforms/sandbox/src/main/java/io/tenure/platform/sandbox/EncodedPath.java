package io.tenure.platform.sandbox;

import io.tenure.platform.DriverException;
import java.net.URI;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * File names as text and back. Customers choose names of any bytes, also such that are no text in any encoding; percent
 * encoding (RFC 3986) keeps them all and is safe to store, log and show.
 */
final class EncodedPath {

    private static final Path TOP = Path.of("/");

    private EncodedPath() {}

    /** A relative path; empty for the empty path. */
    static String of(Path relative) {
        return StreamSupport.stream(relative.spliterator(), false)
                .map(EncodedPath::name)
                .collect(Collectors.joining("/"));
    }

    private static String name(Path name) {
        if (name.toString().isEmpty()) {
            return "";
        }
        String encoded = TOP.resolve(name).toUri().getRawPath().substring(1);
        return encoded.endsWith("/") ? encoded.substring(0, encoded.length() - 1) : encoded;
    }

    /** The entry of {@code directory} with an encoded name, which must be a single one. */
    static Path resolve(Path directory, String encodedName) {
        try {
            Path decoded = Path.of(URI.create("file:///" + encodedName));
            Path name = decoded.getFileName();
            if (decoded.getNameCount() == 1
                    && name(name).equals(encodedName)
                    && !name.toString().matches("\\.\\.?")) {
                return directory.resolve(name);
            }
        } catch (IllegalArgumentException malformed) {
            throw DriverException.permanent("the name is not one that an inventory gave");
        }
        throw DriverException.permanent("the name is not one that an inventory gave");
    }
}
