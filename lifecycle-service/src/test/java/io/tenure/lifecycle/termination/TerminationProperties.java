package io.tenure.lifecycle.termination;

import static io.tenure.lifecycle.termination.TerminationState.CANCELLED;
import static io.tenure.lifecycle.termination.TerminationState.DELETED;
import static io.tenure.lifecycle.termination.TerminationState.DELETING;
import static io.tenure.lifecycle.termination.TerminationState.RESTORING;
import static io.tenure.lifecycle.termination.TerminationState.RETAINED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.events.LifecycleFact.Command;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.impediment.Impediment;
import io.tenure.lifecycle.impediment.Impediment.Held;
import io.tenure.lifecycle.obligation.Owed;
import io.tenure.lifecycle.policy.RetentionTerms;
import io.tenure.lifecycle.policy.RetentionTerms.Extender;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Properties that hold for every order of events. */
class TerminationProperties {

    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final Duration PERIOD = Duration.ofDays(30);
    private static final int NOTICES = 4;
    private static final String PROVISIONING = "provisioning";
    private static final String CREDENTIAL = "credential";
    private static final Set<String> SERVICES = Set.of(PROVISIONING, CREDENTIAL);
    private static final RetentionTerms TERMS =
            new RetentionTerms(PERIOD, Duration.ofDays(60), Duration.ofDays(10), 1, "UTC");

    /** Everything that can reach a termination, by Kafka, by REST or by time. */
    enum Happening {
        ASSET_DISABLED,
        TENANT_DISABLED,
        CREDENTIAL_REVOKED,
        ACCESS_REVOKED,
        NOTICE_DELIVERED,
        A_WEEK_PASSED,
        SWEPT,
        ASSET_SANITIZED,
        ASSETS_DELETED,
        KEYS_DESTROYED,
        HOLD_SET,
        HOLD_RELEASED,
        EXTENDED,
        CANCELLATION_ASKED,
        ASSETS_RESTORED,
        ACCESS_RESTORED
    }

    /** A termination as its handlers drive it, without database and broker. */
    private static final class World {

        private final Termination termination = Termination.request(new UUID(7, 1), new UUID(7, 2), TERMS, START)
                .termination();
        private Instant now = START;
        private final Map<Command, Set<String>> owed = new EnumMap<>(Map.of(
                Command.DISABLE, new TreeSet<>(SERVICES),
                Command.DELETE, new TreeSet<>(SERVICES),
                Command.RESTORE, new TreeSet<>(SERVICES)));
        private final List<Impediment> holds = new ArrayList<>();
        private int delivered;
        private boolean overruled;
        private int retentionsStarted;
        private int deletionsStarted;
        private int extensions;
        private int certificates;
        private int cancellations;

        private void take(Happening happening) {
            try {
                switch (happening) {
                    case ASSET_DISABLED, CREDENTIAL_REVOKED -> termination.progressed(Command.DISABLE);
                    case TENANT_DISABLED -> {
                        if (termination.freeze(1, "manifest")) {
                            owed.get(Command.DISABLE).remove(PROVISIONING);
                        }
                    }
                    case ACCESS_REVOKED -> done(Command.DISABLE, CREDENTIAL);
                    case NOTICE_DELIVERED -> {
                        if (termination.noticed()) {
                            delivered++;
                        }
                    }
                    case A_WEEK_PASSED -> now = now.plus(Duration.ofDays(7));
                    case SWEPT -> {
                        requireSameOfASweep();
                        termination.startDeletion(now, delivered, now, holds);
                        deletionsStarted++;
                        overruled |= !holds.isEmpty();
                    }
                    case ASSET_SANITIZED -> termination.progressed(Command.DELETE);
                    case ASSETS_DELETED -> done(Command.DELETE, PROVISIONING);
                    case KEYS_DESTROYED -> done(Command.DELETE, CREDENTIAL);
                    case HOLD_SET -> holds.add(new Held(new UUID(9, holds.size()), null, now));
                    case HOLD_RELEASED -> {
                        if (!holds.isEmpty()) {
                            holds.removeLast();
                        }
                    }
                    case EXTENDED -> {
                        Instant end = termination.retentionEndsAt();
                        termination.extend(
                                Extender.CUSTOMER,
                                Duration.ofDays(1),
                                now,
                                termination.scheduleVersion() + 1,
                                end == null ? now : end.plus(Duration.ofDays(10)),
                                List.of(),
                                1);
                        // Only notices of the new schedule count.
                        delivered = 0;
                        extensions++;
                    }
                    case CANCELLATION_ASKED -> termination.cancel(now);
                    case ASSETS_RESTORED -> done(Command.RESTORE, PROVISIONING);
                    case ACCESS_RESTORED -> done(Command.RESTORE, CREDENTIAL);
                }
            } catch (Refusal refused) {
                // A refusal changes nothing; the invariants are checked after each step.
            }
            join();
        }

        private void done(Command command, String service) {
            if (termination.progressed(command)) {
                owed.get(command).remove(service);
            }
        }

        private Owed owed(Command command) {
            return new Owed(List.copyOf(owed.get(command)), now);
        }

        /** A sweep reads only some fields of a termination, and must get the same decision. */
        private void requireSameOfASweep() {
            if (termination.state() == RETAINED) {
                Termination whole = Termination.request(termination.id(), termination.tenantId(), TERMS, START)
                        .termination();
                whole.progressed(Command.DISABLE);
                whole.freeze(1, "manifest");
                whole.startRetention(
                        new Owed(List.of(), START),
                        START,
                        termination.retentionEndsAt(),
                        List.of(),
                        termination.noticesRequired());
                Termination read = Termination.retained(
                        termination.id(),
                        termination.tenantId(),
                        termination.manifestDigest(),
                        termination.retentionEndsAt(),
                        termination.scheduleVersion(),
                        termination.noticesRequired());
                assertThat(started(read)).isEqualTo(started(whole));
                assertThat(read.state()).isEqualTo(whole.state());
                assertThat(read.deletionStartedAt()).isEqualTo(whole.deletionStartedAt());
            }
        }

        private boolean started(Termination one) {
            try {
                one.startDeletion(now, delivered, now, holds);
                return true;
            } catch (Refusal refused) {
                return false;
            }
        }

        private void join() {
            if (termination.awaitsRetention(owed(Command.DISABLE))) {
                termination.startRetention(owed(Command.DISABLE), now, now.plus(PERIOD), List.of(), NOTICES);
                retentionsStarted++;
            }
            if (termination.state() == DELETING && owed(Command.DELETE).isNothing() && holds.isEmpty()) {
                termination.complete(owed(Command.DELETE), 0, holds);
                certificates++;
            }
            if (termination.state() == RESTORING && owed(Command.RESTORE).isNothing()) {
                termination.close(owed(Command.RESTORE));
                cancellations++;
            }
        }
    }

    @Property(tries = 3000)
    void neverDeletesBeforeTheEndOrUnannounced(@ForAll @Size(max = 60) List<Happening> happenings) {
        World world = new World();
        for (Happening happening : happenings) {
            world.take(happening);
            TerminationState state = world.termination.state();
            if (state == DELETING || state == DELETED) {
                assertThat(world.termination.deletionStartedAt())
                        .isAfterOrEqualTo(world.termination.retentionStartedAt().plus(PERIOD));
                assertThat(world.delivered).isGreaterThanOrEqualTo(world.extensions > 0 ? 1 : NOTICES);
                assertThat(world.owed(Command.DISABLE).isNothing()).isTrue();
            }
            if (state == DELETED) {
                assertThat(world.owed(Command.DELETE).isNothing()).isTrue();
            }
        }
    }

    @Property(tries = 3000)
    void aHoldAndAnExtensionAreRespectedWhateverComes(@ForAll @Size(max = 60) List<Happening> happenings) {
        World world = new World();
        for (Happening happening : happenings) {
            world.take(happening);
        }

        assertThat(world.overruled).isFalse();
        assertThat(world.extensions).isLessThanOrEqualTo(1);
        if (world.deletionsStarted > 0) {
            assertThat(world.termination.deletionStartedAt())
                    .isAfterOrEqualTo(world.termination
                            .retentionStartedAt()
                            .plus(PERIOD)
                            .plus(Duration.ofDays(10L * world.extensions)));
        }
    }

    @Property(tries = 3000)
    void everyJoinFiresAtMostOnceAndAnEndIsAnEnd(@ForAll @Size(max = 60) List<Happening> happenings) {
        World world = new World();
        Set<TerminationState> ends = new HashSet<>();
        for (Happening happening : happenings) {
            world.take(happening);
            if (world.termination.isOver()) {
                ends.add(world.termination.state());
            }
            assertThat(ends).hasSizeLessThanOrEqualTo(1);
            assertThat(ends.isEmpty() || ends.contains(world.termination.state()))
                    .isTrue();
        }
        assertThat(world.retentionsStarted).isLessThanOrEqualTo(1);
        assertThat(world.deletionsStarted).isLessThanOrEqualTo(1);
        assertThat(world.certificates).isEqualTo(world.termination.state() == DELETED ? 1 : 0);
        assertThat(world.cancellations).isEqualTo(world.termination.state() == CANCELLED ? 1 : 0);
    }

    @Property(tries = 500)
    void anyOrderOfFactsReachesTheSameEnd(@ForAll Random random, @ForAll @IntRange(max = 3) int repetitions) {
        World world = new World();

        shuffled(
                        random,
                        repetitions,
                        Happening.ASSET_DISABLED,
                        Happening.TENANT_DISABLED,
                        Happening.CREDENTIAL_REVOKED,
                        Happening.ACCESS_REVOKED)
                .forEach(world::take);
        assertThat(world.termination.state()).isEqualTo(RETAINED);

        List<Happening> meanwhile = new ArrayList<>(Collections.nCopies(NOTICES, Happening.NOTICE_DELIVERED));
        meanwhile.addAll(Collections.nCopies(5, Happening.A_WEEK_PASSED));
        meanwhile.addAll(Collections.nCopies(5, Happening.SWEPT));
        meanwhile.add(Happening.ASSET_DISABLED);
        Collections.shuffle(meanwhile, random);
        meanwhile.forEach(world::take);
        world.take(Happening.SWEPT);
        assertThat(world.termination.state()).isEqualTo(DELETING);

        shuffled(
                        random,
                        repetitions,
                        Happening.ASSET_SANITIZED,
                        Happening.ASSETS_DELETED,
                        Happening.KEYS_DESTROYED,
                        Happening.ACCESS_REVOKED)
                .forEach(world::take);
        assertThat(world.termination.state()).isEqualTo(DELETED);
        assertThat(world.certificates).isEqualTo(1);
    }

    @Property(tries = 500)
    void aCancellationInTimeAlwaysLeadsBack(@ForAll Random random, @ForAll @IntRange(max = 4) int factsBefore) {
        World world = new World();
        shuffled(
                        random,
                        0,
                        Happening.ASSET_DISABLED,
                        Happening.TENANT_DISABLED,
                        Happening.CREDENTIAL_REVOKED,
                        Happening.ACCESS_REVOKED)
                .subList(0, factsBefore)
                .forEach(world::take);
        world.take(Happening.CANCELLATION_ASKED);

        shuffled(
                        random,
                        1,
                        Happening.ASSETS_RESTORED,
                        Happening.ACCESS_RESTORED,
                        Happening.ASSET_DISABLED,
                        Happening.TENANT_DISABLED,
                        Happening.ACCESS_REVOKED,
                        Happening.SWEPT,
                        Happening.ASSETS_DELETED,
                        Happening.KEYS_DESTROYED)
                .forEach(world::take);

        assertThat(world.termination.state()).isEqualTo(CANCELLED);
        assertThat(world.deletionsStarted).isZero();
    }

    private static List<Happening> shuffled(Random random, int repetitions, Happening... happenings) {
        List<Happening> all = new ArrayList<>(List.of(happenings));
        for (int i = 0; i < repetitions; i++) {
            all.add(happenings[random.nextInt(happenings.length)]);
        }
        Collections.shuffle(all, random);
        return all;
    }
}
