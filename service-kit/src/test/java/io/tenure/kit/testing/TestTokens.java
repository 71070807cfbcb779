package io.tenure.kit.testing;

import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** Bearer tokens as Keycloak would make them. */
public final class TestTokens {

    static final String ISSUER = "https://test.invalid/realms/tenure";

    // Test resources and tests live in different class loaders; the JVM's properties are common ground.
    private static final String KEY_PROPERTY = "tenure.test.signing-key";

    private TestTokens() {}

    static void signWith(PrivateKey key) {
        System.setProperty(KEY_PROPERTY, Base64.getEncoder().encodeToString(key.getEncoded()));
    }

    /** A valid token for somebody of the provider. */
    public static String of(String service, String role) {
        return sign(claims(service, role), Duration.ofMinutes(10));
    }

    /** A valid token for an administrator of a tenant, who may hold further roles. */
    public static String ofTenant(String service, UUID tenantId, String... furtherRoles) {
        String[] roles = Stream.concat(Stream.of("tenant-admin"), Stream.of(furtherRoles))
                .toArray(String[]::new);
        return issuedAt(longAgo(), service, tenantId, roles);
    }

    /** A token for the administrator of a terminated tenant, issued now: no earlier one of that tenant's counts. */
    public static String departing(String service, UUID tenantId) {
        // A token of the second in which the tenant was restricted is refused.
        return issuedAt(Instant.now().plusSeconds(1), service, tenantId, "departing-admin");
    }

    /** A token for one of a tenant's people that was issued at an instant and is valid now. */
    public static String issuedAt(Instant issuedAt, String service, UUID tenantId, String... roles) {
        return sign(
                claims(service, roles[0])
                        .claim("realm_access", Map.of("roles", List.of(roles)))
                        .claim("tenant_id", tenantId.toString()),
                issuedAt,
                Duration.ofMinutes(10));
    }

    /** A token that expired an hour ago. */
    public static String expired(String service, String role) {
        return sign(claims(service, role), Duration.ofHours(-1));
    }

    /** A token for {@code otherService}; every other service must refuse it. */
    public static String forAudience(String otherService, String role) {
        return of(otherService, role);
    }

    private static JwtClaimsBuilder claims(String service, String role) {
        return Jwt.claims()
                .issuer(ISSUER)
                .subject("test-" + role)
                .audience("tenure-" + service)
                .claim("azp", "test")
                .claim("realm_access", Map.of("roles", List.of(role)));
    }

    private static Instant longAgo() {
        return Instant.now().minus(Duration.ofHours(2));
    }

    private static String sign(JwtClaimsBuilder claims, Duration validity) {
        return sign(claims, longAgo(), validity);
    }

    private static String sign(JwtClaimsBuilder claims, Instant issuedAt, Duration validity) {
        Instant now = Instant.now();
        try {
            byte[] encoded = Base64.getDecoder().decode(System.getProperty(KEY_PROPERTY));
            PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(encoded));
            return claims.issuedAt(issuedAt).expiresAt(now.plus(validity)).sign(key);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
