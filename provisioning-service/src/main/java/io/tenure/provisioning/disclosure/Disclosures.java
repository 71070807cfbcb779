package io.tenure.provisioning.disclosure;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;

/** What the provider discloses. All methods take part in the caller's session. */
@ApplicationScoped
public class Disclosures {

    Uni<List<Location>> locations() {
        return all("from Location order by id", Location.class);
    }

    Uni<List<Subcontractor>> subcontractors() {
        return all("from Subcontractor order by id", Subcontractor.class);
    }

    /**
     * Refuses locations that are not disclosed (row C8.3).
     *
     * @return a Uni that fails with Problem 400 for an unknown location
     */
    public Uni<Void> mustBeDisclosed(Collection<String> locations) {
        return all("select id from Location order by id", String.class)
                .invoke(known -> {
                    locations.stream()
                            .filter(location -> !known.contains(location))
                            .findFirst()
                            .ifPresent(unknown -> {
                                throw new Problem(
                                                400,
                                                "unknown-location",
                                                "The location is not offered",
                                                "Choose among: " + String.join(", ", known) + ".")
                                        .with("locations", known);
                            });
                })
                .replaceWithVoid();
    }

    private static <T> Uni<List<T>> all(String query, Class<T> type) {
        return Panache.getSession()
                .flatMap(session -> session.createSelectionQuery(query, type).getResultList());
    }
}
