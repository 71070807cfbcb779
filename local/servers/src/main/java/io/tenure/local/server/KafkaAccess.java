package io.tenure.local.server;

import io.tenure.local.process.StartFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Who may do what on the bus. Each topic has one writer; a service reads what it consumes and no more; people of operations
 * read everything and write nothing. Whatever is not allowed here is refused by the broker.
 */
public final class KafkaAccess {

    /** Makes topics, accounts and rules, and puts dead letters back: the one account that every rule trusts. */
    public static final String ADMIN = "admin";

    /** Reads all topics of Tenure's and sees all groups, with {@code kcat} for example, and writes nothing. */
    public static final String OPERATIONS = "operations";

    private static final int ITERATIONS = 4096;

    private KafkaAccess() {}

    /** All accounts but the administrator's. */
    public static List<String> accounts() {
        var accounts = new ArrayList<>(Topics.services());
        accounts.add(OPERATIONS);
        return accounts;
    }

    /** What the accounts may do, as the broker keeps it. */
    static Set<AclBinding> rules() {
        var rules = new HashSet<AclBinding>();
        for (var service : Topics.services()) {
            rules.add(rule(service, ResourceType.TOPIC, Topics.of(service), AclOperation.WRITE));
            for (var topic : Topics.consumedBy(service)) {
                rules.add(rule(service, ResourceType.TOPIC, topic, AclOperation.READ));
                rules.add(rule(service, ResourceType.TOPIC, Topics.deadLetter(topic, service), AclOperation.WRITE));
            }
            rules.add(rule(service, ResourceType.GROUP, "tenure-" + service, AclOperation.READ));
        }
        // Not what Kafka keeps for itself, such as everybody's offsets.
        rules.add(rule(OPERATIONS, ResourceType.TOPIC, "tenure.", PatternType.PREFIXED, AclOperation.READ));
        rules.add(rule(OPERATIONS, ResourceType.GROUP, "*", AclOperation.DESCRIBE));
        rules.add(rule(OPERATIONS, ResourceType.CLUSTER, "kafka-cluster", AclOperation.DESCRIBE));
        return rules;
    }

    private static AclBinding rule(String user, ResourceType type, String name, AclOperation operation) {
        return rule(user, type, name, PatternType.LITERAL, operation);
    }

    private static AclBinding rule(
            String user, ResourceType type, String name, PatternType pattern, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    /** Brings accounts, passwords and rules of the broker in line; rules of anybody else's are removed. */
    static void ensure(Admin admin, UnaryOperator<String> passwords) {
        try {
            admin.alterUserScramCredentials(accounts().stream()
                            .<UserScramCredentialAlteration>map(account -> new UserScramCredentialUpsertion(
                                    account,
                                    new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS),
                                    passwords.apply(account)))
                            .toList())
                    .all()
                    .get(30, TimeUnit.SECONDS);
            var present = rules(admin);
            var wanted = rules();
            admin.deleteAcls(present.stream()
                            .filter(rule -> !wanted.contains(rule))
                            .map(AclBinding::toFilter)
                            .toList())
                    .all()
                    .get(30, TimeUnit.SECONDS);
            wanted.removeAll(present);
            admin.createAcls(wanted).all().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("kafka", "was interrupted while making accounts", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new StartFailure("kafka", "did not make the accounts", e);
        }
    }

    /** The rules that the broker goes by at the moment. */
    static Set<AclBinding> rules(Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        return Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get(30, TimeUnit.SECONDS));
    }

    /** What a client needs beside the address to be {@code user}. */
    public static Map<String, Object> clientSettings(String user, String password) {
        return Map.of(
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "SCRAM-SHA-512",
                "sasl.jaas.config", scram(user, password));
    }

    static String scram(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(user, password);
    }
}
