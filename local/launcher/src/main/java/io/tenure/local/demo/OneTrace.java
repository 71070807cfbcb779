package io.tenure.local.demo;

import io.tenure.local.platform.Http;
import io.tenure.local.platform.Services;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** From the portal's request to the certificate's mail: one trace, and all five services are in it. */
final class OneTrace implements Stage {

    @Override
    public String name() {
        return "one trace over all five services";
    }

    @Override
    public String run(Story story) throws Exception {
        var strays = story.events.all(e ->
                e.correlationId().equals(story.terminationId) && !e.traceId().equals(story.traceId));
        CheckFailed.unless(
                strays.isEmpty(),
                "events of the termination outside its trace: "
                        + strays.stream().map(EventWatch.Seen::fact).distinct().toList());
        var address = story.deployment.traces().resolve("/api/v2/trace/" + story.traceId);
        var all = new TreeSet<>(
                Services.ALL.stream().map(Services.Service::client).toList());
        var spans = Waiting.until("trace " + story.traceId + " with all services", Waiting.PATIENCE, () -> {
            var answer = Http.get(address);
            var names = new TreeSet<String>();
            StreamSupport.stream(answer.json().spliterator(), false)
                    .forEach(s -> names.add(
                            s.path("localEndpoint").path("serviceName").asText()));
            story.traceServices = names.stream().filter(all::contains).toList();
            return names.containsAll(all) ? Optional.of(answer.json()) : Optional.empty();
        });
        return spans.size() + " spans in " + story.deployment.traces() + "/zipkin/traces/" + story.traceId;
    }
}
