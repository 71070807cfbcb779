package io.tenure.local.command;

import io.tenure.local.platform.Layout;
import io.tenure.local.platform.PlatformException;
import io.tenure.local.platform.PortPlan;
import io.tenure.local.platform.RunningPlatform;
import io.tenure.local.server.WorkingCopy;

/** What the commands share: the working copy that they run in and the platform that is up in it. */
final class Here {

    /** The directory of the demo's platform. */
    static final String DEMO = "demo";

    private Here() {}

    static WorkingCopy copy() {
        return WorkingCopy.find()
                .orElseThrow(() -> new PlatformException("this is no working copy of Tenure: run ./tenure in one"));
    }

    /** The platform of {@code up}; or that of a demo, where only this one runs. */
    static Layout layout() {
        var own = Layout.of(copy());
        var demo = Layout.beside(copy(), DEMO);
        var onlyDemo = new RunningPlatform(own).supervisor().isEmpty()
                && new RunningPlatform(demo).supervisor().isPresent();
        return onlyDemo ? demo : own;
    }

    static RunningPlatform platform() {
        return new RunningPlatform(layout());
    }

    /** The ports of the platform that is up. */
    static PortPlan ports() {
        return platform()
                .ports()
                .orElseThrow(() -> new PlatformException("the platform is not up. Start it with ./tenure up --detach"));
    }

    static PortPlan plan(int offset) {
        try {
            return new PortPlan(offset);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(e.getMessage());
        }
    }
}
