package io.tenure.platform;

import java.util.List;

/**
 * A kind of platform. Each driver is a CDI bean in a module of its own, and knows from its own configuration which it
 * has.
 */
public interface PlatformDriver {

    /** The platforms of this kind that are configured; perhaps none. */
    List<? extends Platform> platforms();
}
