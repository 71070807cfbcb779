package io.tenure.kit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;

/** What the lifecycle service of {@link LifecycleTestResource} says about deletions; of others it knows nothing. */
public final class Lifecycle {

    private static final String HELD = "{\"type\":\"urn:tenure:problem:held\"}";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private Lifecycle() {}

    /** It ordered this deletion. */
    public static void orders(UUID termination, UUID tenant, String manifestDigest) {
        says(
                termination,
                200,
                "application/json",
                "{\"terminationId\":\"" + termination + "\",\"tenantId\":\"" + tenant + "\",\"manifestDigest\":\""
                        + manifestDigest + "\"}");
    }

    /** A legal hold forbids to go on with the deletion, also if it ordered it before. */
    public static void holds(UUID termination) {
        says(termination, 409, "application/problem+json", HELD);
    }

    /** A legal hold forbids to delete this asset. */
    public static void holds(UUID termination, UUID asset) {
        answer(termination, "?assetId=" + asset, 409, "application/problem+json", HELD);
    }

    /** It gives no answer about this asset. */
    public static void breaks(UUID termination, UUID asset) {
        answer(termination, "?assetId=" + asset, 503, "text/html", "<h1>Bad gateway</h1>");
    }

    /** The hold on this asset is released, or it answers about it again. */
    public static void releases(UUID termination, UUID asset) {
        answer(termination, "?assetId=" + asset, 0, "none", "none");
    }

    /** It answers like this, whatever that means. */
    public static void says(UUID termination, int status, String type, String body) {
        answer(termination, "", status, type, body);
    }

    private static void answer(UUID termination, String query, int status, String type, String body) {
        URI address = URI.create(ConfigProvider.getConfig().getValue("tenure.lifecycle.url", String.class)
                + "/v1/terminations/" + termination + "/deletion-order" + query);
        try {
            HTTP.send(
                    HttpRequest.newBuilder(address)
                            .PUT(HttpRequest.BodyPublishers.ofString(status + " " + type + " " + body))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
