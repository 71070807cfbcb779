package io.tenure.kit.contract;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.jboss.jandex.IndexView;

/**
 * Completes every service's OpenAPI document with what the kit does: the refusals that follow from an operation's
 * parameters and body, problem documents, and the patterns of text. Resources document only what is their own.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ContractFilter implements OASFilter {

    private static final String PROBLEM = "Problem";
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final Set<String> OF_QUARKUS = Set.of("Not Authorized", "Not Allowed");

    private final IndexView classes;

    public ContractFilter(IndexView classes) {
        this.classes = classes;
    }

    @Override
    public void filterOpenAPI(OpenAPI contract) {
        if (contract.getComponents() == null) {
            contract.setComponents(OASFactory.createComponents());
        }
        contract.getComponents().addSchema(PROBLEM, problem());
        new TextSchemas(classes, contract.getComponents().getSchemas()).describe();
        for (PathItem path : contract.getPaths().getPathItems().values()) {
            path.getOperations().forEach((method, operation) -> {
                complete(path, method, operation);
                if (operation.getRequestBody() != null) {
                    operation
                            .getRequestBody()
                            .getContent()
                            .getMediaTypes()
                            .values()
                            .forEach(body -> close(
                                    body.getSchema(), contract.getComponents().getSchemas()));
                }
            });
        }
    }

    private static void complete(PathItem path, HttpMethod method, Operation operation) {
        List<Parameter> parameters = operation.getParameters() == null ? List.of() : operation.getParameters();
        parameters.forEach(ContractFilter::describe);
        Map<String, APIResponse> responses =
                new TreeMap<>(operation.getResponses().getAPIResponses());
        refusals(method, operation, parameters, path.getParameters() != null)
                .forEach((status, slugs) -> responses.merge(
                        status, OASFactory.createAPIResponse().description(slugs), ContractFilter::both));
        responses.forEach((status, response) -> {
            if (status.compareTo("400") >= 0) {
                response.setContent(problemContent());
            }
            if (response.getHeaders() != null) {
                response.getHeaders().values().stream()
                        .filter(header -> header.getSchema() == null)
                        .forEach(header -> header.setSchema(string()));
            }
        });
        APIResponses sorted = OASFactory.createAPIResponses();
        responses.forEach(sorted::addAPIResponse);
        operation.setResponses(sorted);
    }

    /** Says that a body has no other fields than these, at any depth. */
    private static void close(Schema schema, Map<String, Schema> schemas) {
        Schema body = schema != null && schema.getRef() != null
                ? schemas.get(schema.getRef().replaceAll(".*/", ""))
                : schema;
        if (body != null && body.getProperties() != null && body.getAdditionalPropertiesBoolean() == null) {
            body.setAdditionalPropertiesBoolean(false);
            body.getProperties().values().forEach(property -> close(property, schemas));
        }
    }

    /** Statuses with the problems that they stand for. */
    private static Map<String, String> refusals(
            HttpMethod method, Operation operation, List<Parameter> parameters, boolean pathHasParameters) {
        Map<String, String> refusals = new TreeMap<>();
        boolean hasBody = operation.getRequestBody() != null;
        boolean hasId = parameters.stream().anyMatch(ContractFilter::isId);
        refusals.put(
                "400",
                "invalid-request, unknown-parameter" + (hasId ? ", malformed-id" : "")
                        + (hasBody ? ", unknown-field, repeated-field, malformed-json" : ""));
        // An empty requirement says that nothing is required.
        if (operation.getSecurity() != null
                && operation.getSecurity().stream()
                        .anyMatch(requirement -> !requirement.getSchemes().isEmpty())) {
            List<String> roles = operation.getSecurity().stream()
                    .flatMap(requirement -> requirement.getSchemes().values().stream())
                    .flatMap(List::stream)
                    .toList();
            refusals.put("401", roles.contains("tenant-admin") ? "unauthorized, log-in-again" : "unauthorized");
            if (!roles.isEmpty()) {
                refusals.put("403", roles.contains("tenant-admin") ? "forbidden, no-tenant" : "forbidden");
            }
        }
        if (pathHasParameters || parameters.stream().anyMatch(parameter -> parameter.getIn() == Parameter.In.PATH)) {
            refusals.put("404", "not-found");
        }
        refusals.put("406", "not-acceptable");
        if (method != HttpMethod.GET) {
            refusals.put("413", "too-large");
        }
        if (hasBody) {
            refusals.put("415", "unsupported-media-type");
        }
        if (parameters.stream().anyMatch(parameter -> IDEMPOTENCY_KEY.equals(parameter.getName()))) {
            refusals.put("422", "idempotency-key-reused");
        }
        refusals.put("500", "internal-error");
        refusals.put("503", "unavailable: try again after Retry-After");
        return refusals;
    }

    /** What the resource says comes first; nothing is said twice. */
    private static APIResponse both(APIResponse own, APIResponse common) {
        String description = own.getDescription();
        if (OF_QUARKUS.contains(description == null ? "" : description)) {
            // All operations share this one object: a change for one would change all.
            return common;
        }
        if (description == null) {
            return own.description(common.getDescription());
        }
        boolean said = description.contains(common.getDescription().split("[,:]")[0]);
        return said ? own : own.description(description + "; " + common.getDescription());
    }

    private static boolean isId(Parameter parameter) {
        Schema schema = parameter.getSchema();
        return schema != null
                && (schema.getRef() != null && schema.getRef().endsWith("/UUID") || "uuid".equals(schema.getFormat()));
    }

    private static void describe(Parameter parameter) {
        if (IDEMPOTENCY_KEY.equals(parameter.getName())) {
            parameter.setDescription("An id of your own for this request: sent again with the same one,"
                    + " it is not carried out twice");
            parameter.setSchema(string().minLength(1).maxLength(128).pattern("^[!-~]([ -~]*[!-~])?$"));
        }
    }

    private static org.eclipse.microprofile.openapi.models.media.Content problemContent() {
        return OASFactory.createContent()
                .addMediaType(
                        "application/problem+json",
                        OASFactory.createMediaType()
                                .schema(OASFactory.createSchema().ref(PROBLEM)));
    }

    private static Schema problem() {
        return OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .description("RFC 9457; some types have further members")
                .addProperty("type", string().description("urn:tenure:problem: and the problem's name"))
                .addProperty("title", string())
                .addProperty(
                        "status",
                        OASFactory.createSchema().addType(SchemaType.INTEGER).format("int32"))
                .addProperty("detail", string().description("What happened here and what to do"))
                .addProperty("instance", string().description("The path of the request"))
                .addProperty("traceId", string().description("Quote it when you report the problem"))
                .required(List.of("type", "title", "status", "detail", "instance"));
    }

    private static Schema string() {
        return OASFactory.createSchema().addType(SchemaType.STRING);
    }
}
