package io.tenure.platform.sandbox;

/** Where an operation reports its progress. */
@FunctionalInterface
interface Steps {

    /** @throws RuntimeException if the operation may not go on */
    void at(Step step);

    /**
     * How far an operation is.
     *
     * @param done ascending up to {@code total}
     * @param total 0 while that is unknown
     * @param wipe null unless a disk is being wiped
     */
    record Step(long done, long total, Wipe wipe) {

        static final Step UNKNOWN = new Step(0, 0, null);
    }

    /**
     * How far the wipe of a disk is.
     *
     * @param disk the disk's name
     * @param done bytes done in this phase, ascending up to {@code total}
     */
    record Wipe(String disk, Phase phase, long done, long total) {}

    /** What a wipe does one after the other, each with all of the disk. */
    enum Phase {
        OVERWRITE,
        VERIFY
    }

    /** Hears how far the wipe of a disk is. */
    @FunctionalInterface
    interface Progress {
        void at(Wipe wipe);
    }
}
