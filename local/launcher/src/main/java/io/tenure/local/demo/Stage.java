package io.tenure.local.demo;

/** One step of the demo. */
interface Stage {

    /** What happens, in a few words. */
    String name();

    /**
     * Does it, and checks it.
     *
     * @return what proves it, in one line
     * @throws CheckFailed when something is not as it must be
     */
    String run(Story story) throws Exception;
}
