package io.tenure.kit.sample;

import io.tenure.kit.page.PageRequest;
import io.tenure.kit.text.Email;
import io.tenure.kit.text.Name;
import io.tenure.kit.text.Phone;
import jakarta.annotation.security.PermitAll;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

/** Takes one of everything that requests can have. */
@Path("/strict")
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class StrictResource {

    /** An enumeration. */
    public enum Colour {
        RED,
        BLUE
    }

    /** One of everything. */
    public record Everything(
            Boolean flag,
            Integer count,
            Long big,
            Double ratio,
            Colour colour,
            UUID id,
            Instant at,
            LocalDate on,
            @Name(max = 200) String name,
            List<@Name(max = 10) String> names,
            @Email String email,
            @Phone String phone) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Everything echo(@Valid @NotNull Everything everything) {
        return everything;
    }

    @GET
    @Path("/{number}")
    public List<String> list(
            @PathParam("number") int number,
            @Valid @BeanParam PageRequest page,
            @QueryParam("big") Long big,
            @QueryParam("colour") Colour colour,
            @QueryParam("at") Instant at,
            @QueryParam("id") UUID id,
            @QueryParam("flag") Boolean flag,
            @QueryParam("type") String type,
            @HeaderParam("Sample") String header) {
        return List.of(String.valueOf(page.limit()), String.valueOf(colour), String.valueOf(type));
    }
}
