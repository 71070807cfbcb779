package io.tenure.provisioning.image;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The catalogue of images. All methods take part in the caller's session. */
@ApplicationScoped
public class Images {

    Uni<List<Image>> all() {
        return Panache.getSession()
                .flatMap(session -> session.createSelectionQuery("from Image order by id", Image.class)
                        .getResultList());
    }

    /**
     * Refuses an image that the catalogue does not have.
     *
     * @return a Uni that fails with Problem 400 for an unknown image
     */
    public Uni<Void> mustBeOffered(String id) {
        return all().invoke(images -> {
                    List<String> offered =
                            images.stream().map(image -> image.id).toList();
                    if (!offered.contains(id)) {
                        throw new Problem(
                                        400,
                                        "unknown-image",
                                        "The image is not offered",
                                        "Choose among: " + String.join(", ", offered) + ".")
                                .with("images", offered);
                    }
                })
                .replaceWithVoid();
    }
}
