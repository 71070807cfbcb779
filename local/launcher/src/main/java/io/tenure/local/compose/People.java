package io.tenure.local.compose;

import io.tenure.local.demo.PortalSession;
import io.tenure.local.platform.Http;
import io.tenure.local.platform.LocalIdentities;
import io.tenure.local.platform.PlatformException;
import io.tenure.local.platform.Tokens;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * People of the provider, who are absent from the realm of an installation: made for one demo with random names and
 * passwords, logged in on Keycloak's own pages, and removed afterwards.
 */
final class People implements AutoCloseable {

    private record Person(URI account, PortalSession session) {}

    private final URI keycloak;
    private final String adminPassword;
    private final Map<String, Person> people = new HashMap<>();

    People(URI keycloak, String adminPassword) {
        this.keycloak = keycloak;
        this.adminPassword = adminPassword;
    }

    /** A fresh token of somebody who has the role that the local user of this name has. */
    synchronized String token(String name) {
        return people.computeIfAbsent(name, this::hire).session().token();
    }

    private Person hire(String name) {
        var role = LocalIdentities.USERS.stream()
                .filter(u -> u.name().equals(name))
                .findFirst()
                .orElseThrow()
                .role();
        var admin = admin();
        var user = "demo-" + name + "-" + random(4);
        var password = random(20);
        var realm = keycloak.resolve("/admin/realms/tenure");
        var made = Http.json(
                "POST",
                URI.create(realm + "/users"),
                Map.of(
                        "username",
                        user,
                        "enabled",
                        true,
                        "firstName",
                        "Demo",
                        "lastName",
                        name,
                        "email",
                        user + "@tenure.example",
                        "emailVerified",
                        true,
                        "credentials",
                        List.of(Map.of("type", "password", "value", password, "temporary", false))),
                "Authorization",
                admin);
        require(201, made, "making user " + user);
        var account = URI.create(made.header("Location"));
        var granted = Http.get(URI.create(realm + "/roles/" + role), "Authorization", admin);
        require(200, granted, "finding role " + role);
        require(
                204,
                Http.json(
                        "POST",
                        URI.create(account + "/role-mappings/realm"),
                        List.of(granted.json()),
                        "Authorization",
                        admin),
                "giving role " + role + " to " + user);
        var session = new PortalSession(keycloak.resolve("/realms/tenure"));
        if (!session.login(user, password, null)) {
            throw new PlatformException("Keycloak did not let " + user + " log in, whom the demo had just made");
        }
        return new Person(account, session);
    }

    private String admin() {
        return "Bearer " + new Tokens(keycloak).person("master", "admin-cli", "admin", adminPassword);
    }

    private static void require(int status, Http.Answer answer, String what) {
        if (answer.status() != status) {
            throw new PlatformException("Keycloak refused " + what + " (" + answer.status() + "): " + answer.body());
        }
    }

    private static String random(int bytes) {
        var random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Removes them again. */
    @Override
    public synchronized void close() {
        if (!people.isEmpty()) {
            var admin = admin();
            people.forEach((name, person) -> require(
                    204, Http.json("DELETE", person.account(), null, "Authorization", admin), "removing " + name));
            people.clear();
        }
    }
}
