package io.tenure.platform;

import java.util.Set;

/**
 * What a platform can do.
 *
 * @param locations where it can place an asset
 * @param sanitization how it can sanitize a disk; where it cannot at all, nothing may be placed on it
 */
public record Capabilities(Set<String> locations, Set<Technique> sanitization) {

    /** Ways to sanitize (NIST SP 800-88 Rev. 2). */
    public enum Technique {
        OVERWRITE,
        CRYPTOGRAPHIC_ERASE,
        STORAGE_ERASE
    }

    public Capabilities {
        locations = Set.copyOf(locations);
        sanitization = Set.copyOf(sanitization);
    }
}
