package io.tenure.systemtests.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.local.platform.Http;
import io.tenure.local.platform.ServiceProcess;
import io.tenure.systemtests.harness.Running;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.harness.Waiting;
import io.tenure.systemtests.proof.Disks;
import io.tenure.systemtests.proof.Evidenced;
import io.tenure.systemtests.proof.OnceOnly;
import io.tenure.systemtests.story.Story;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.common.GroupState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Two replicas of lifecycle and of provisioning, sharing database, consumer group, keys and disks. */
@Order(4)
@Isolated("partitions move as its replicas come and go")
@ExtendWith(SystemExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplicasTest {

    private static final int TENANTS = 4;

    private SystemUnderTest system;
    private final List<ServiceProcess> further = new ArrayList<>();

    @BeforeAll
    void startReplicas(SystemUnderTest system) {
        this.system = system;
        var lifecycle = Running.start("lifecycle-2", () -> system.replica("lifecycle", "lifecycle-2"));
        var provisioning = Running.start("provisioning-2", () -> system.replica("provisioning", "provisioning-2"));
        further.add(lifecycle.get());
        further.add(provisioning.get());
        awaitShared("tenure-lifecycle", List.of("tenure.provisioning", "tenure.credential", "tenure.notification"));
        awaitShared("tenure-provisioning", List.of("tenure.lifecycle", "tenure.notification"));
    }

    /** Returns when two members of the group have partitions of each topic. */
    private void awaitShared(String group, List<String> topics) {
        try (var admin = system.platform().kafka().admin()) {
            Waiting.until(group + " is shared by two replicas", () -> {
                var description = admin.describeConsumerGroups(List.of(group))
                        .describedGroups()
                        .get(group)
                        .get();
                return description.groupState() == GroupState.STABLE
                        && topics.stream()
                                .allMatch(topic -> description.members().stream()
                                                .filter(member -> member.assignment().topicPartitions().stream()
                                                        .anyMatch(partition -> partition
                                                                .topic()
                                                                .equals(topic)))
                                                .count()
                                        == 2);
            });
        }
    }

    @AfterAll
    void stopReplicas() {
        further.forEach(ServiceProcess::stop);
    }

    @Test
    void eachFactHappensOnceHoweverManyReplicasThereAre() throws ExecutionException, InterruptedException {
        var stories = IntStream.rangeClosed(1, TENANTS)
                .mapToObj(i -> Running.start("replicas " + i, () -> live("two replicas, tenant " + i)))
                .toList();
        for (var each : stories) {
            var story = each.get();
            story.settle(OnceOnly::checkDeleted);
            assertThat(Disks.of(system.disksOf(story.tenantId())).files())
                    .as("nothing is left on disk")
                    .isEmpty();
            assertThat(Evidenced.collect(story).verify().ok()).isTrue();
        }
        assertThat(further).allMatch(replica -> replica.process().orElseThrow().isAlive());
        assertThat(List.of("lifecycle", "provisioning"))
                .allMatch(name -> system.service(name).process().orElseThrow().isAlive());
    }

    private Story live(String label) {
        var story = Story.withAssets(system, label, 1, 1);
        // Both replicas are asked at the same moment, twice each.
        var addresses = List.of(
                system.url("lifecycle"),
                further.getFirst().url(),
                system.url("lifecycle"),
                further.getFirst().url());
        var answers = addresses.stream()
                .map(address -> Running.start(
                        "request",
                        () -> story.requestKnown(address, system.tokens().crm())))
                .toList()
                .stream()
                .map(Running::get)
                .toList();
        assertThat(answers.stream().map(Http.Answer::status))
                .as("all are accepted, one began it")
                .containsOnly(202, 200);
        assertThat(answers.stream().filter(a -> a.status() == 202)).hasSize(1);
        var ids = new HashSet<String>();
        answers.forEach(a -> ids.add(a.json().get("id").asText()));
        assertThat(ids).as("it is one termination").hasSize(1);
        story.terminatedAs(UUID.fromString(ids.iterator().next()));
        story.awaitDeleted();
        return story;
    }
}
