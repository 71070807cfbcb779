package io.tenure.audit.log;

import io.quarkus.vertx.http.Compressed;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Roles;
import io.tenure.kit.problem.Problem;
import io.tenure.verifier.VerificationException;
import io.tenure.verifier.tree.EntryBundle;
import io.tenure.verifier.tree.Merkle;
import io.tenure.verifier.tree.Tile;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * The log as C2SP tlog-tiles, for monitors, witnesses and auditors' own tools. Hashes are public because they reveal
 * nothing of what was hashed; entries are not.
 */
@Path("/log")
@Tag(name = "Log", description = "The tree, in the formats of c2sp.org/tlog-tiles")
public class LogResource {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String BINARY = "application/octet-stream";
    private static final String FOREVER = "max-age=31536000, immutable";

    private final TreeStore store;
    private final LogKey key;

    LogResource(TreeStore store, LogKey key) {
        this.store = store;
        this.key = key;
    }

    @GET
    @Path("/checkpoint")
    @Produces(TEXT)
    @PermitAll
    @Operation(summary = "The newest signed tree head", description = "A signed note: origin, size, root hash.")
    @APIResponse(responseCode = "200", description = "The checkpoint")
    public Uni<Response> checkpoint() {
        return store.latest().map(head -> answer(head.note(), "no-cache"));
    }

    @GET
    @Path("/vkey")
    @Produces(TEXT)
    @PermitAll
    @Operation(
            summary = "The log's public key",
            description = "A vkey line of c2sp.org/signed-note. Compare it with a copy that you got"
                    + " through another channel.")
    @APIResponse(responseCode = "200", description = "The key line")
    public Response vkey() {
        return answer(key.verifier().vkey() + "\n", "public, max-age=3600");
    }

    @GET
    @Path("/tile/{level: [0-9]+}/{position: .+}")
    @Produces(BINARY)
    @PermitAll
    @Operation(summary = "A tile of hashes", description = "Full tiles, and partial ones as {index}.p/{width}.")
    @APIResponse(responseCode = "200", description = "Up to 256 hashes of 32 bytes each")
    @APIResponse(responseCode = "404", description = "The tree has no such tile (not-found)")
    public Uni<Response> tile(@PathParam("level") String level, @PathParam("position") String position) {
        Tile tile = parsed(() -> Tile.parse(level + "/" + position), "tile");
        return store.latest()
                .invoke(head -> require(tile.existsIn(head.size()), "tile"))
                .chain(() -> store.tiles(Set.of(tile)))
                .map(tiles -> answer(
                        Arrays.copyOf(tiles.read(tile), tile.width() * Merkle.HASH_LENGTH), "public, " + FOREVER));
    }

    @GET
    @Path("/tile/entries/{position: .+}")
    @Produces(BINARY)
    @RolesAllowed({Roles.AUDITOR, Roles.CSP_ADMIN})
    @Compressed
    @Operation(
            summary = "A bundle of entries",
            description = "Up to 256 events, each after its length as a uint16. Roles: auditor, csp-admin.")
    @APIResponse(responseCode = "200", description = "The events, exactly as they were published")
    @APIResponse(responseCode = "404", description = "The tree has no such bundle (not-found)")
    public Uni<Response> entries(@PathParam("position") String position) {
        EntryBundle bundle = parsed(() -> EntryBundle.parse(position), "entry bundle");
        Tile leaves = new Tile(0, bundle.index(), bundle.width());
        return store.latest()
                .invoke(head -> require(leaves.existsIn(head.size()), "entry bundle"))
                .chain(() -> store.entries(bundle.firstEntry(), bundle.width()))
                .map(entries -> answer(EntryBundle.encode(entries), "private, " + FOREVER));
    }

    private static <T> T parsed(Supplier<T> parse, String what) {
        try {
            return parse.get();
        } catch (VerificationException malformed) {
            throw Problem.notFound(what);
        }
    }

    private static void require(boolean exists, String what) {
        if (!exists) {
            throw Problem.notFound(what);
        }
    }

    private static Response answer(Object body, String caching) {
        return Response.ok(body).header(HttpHeaders.CACHE_CONTROL, caching).build();
    }
}
