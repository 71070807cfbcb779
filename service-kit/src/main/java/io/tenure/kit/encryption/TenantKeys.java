package io.tenure.kit.encryption;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.util.SecretBytes;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Base64;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Envelope encryption (Tink AES-256-GCM): each tenant has a data key of its own, stored wrapped by the master key of
 * {@code tenure.master-key-file}. Destroying the data key makes everything that it encrypted unreadable, backups included
 * (matrix rows P2.2b and P8.2). All methods take part in the caller's transaction.
 */
@ApplicationScoped
@Startup
public class TenantKeys {

    private final Clock clock;
    private final Aead master;

    TenantKeys(Clock clock, @ConfigProperty(name = "tenure.master-key-file") Path masterKeyFile) {
        this.clock = clock;
        this.master = masterKey(masterKeyFile);
    }

    /**
     * Encrypts for a tenant, whose key is made at the first use.
     *
     * @param purpose binds the ciphertext to its place, for example {@code contact}; decryption needs the same
     * @return a Uni that fails with {@link TenantKeyDestroyedException} if the tenant's key is destroyed
     */
    public Uni<byte[]> encrypt(UUID tenantId, String purpose, byte[] plaintext) {
        return Panache.getSession()
                .flatMap(session -> find(session, tenantId)
                        .flatMap(known -> known != null
                                ? Uni.createFrom().item(known)
                                : insertIfAbsent(session, newKey(tenantId))))
                .map(key -> encrypt(key, purpose, plaintext));
    }

    /**
     * Does the same for a tenant that is created in this transaction and so has no key, without looking for one.
     *
     * @see #encrypt
     */
    public Uni<byte[]> encryptFirst(UUID tenantId, String purpose, byte[] plaintext) {
        TenantKey key = newKey(tenantId);
        return Panache.getSession()
                .flatMap(session -> session.persist(key))
                .map(persisted -> encrypt(key, purpose, plaintext));
    }

    private byte[] encrypt(TenantKey key, String purpose, byte[] plaintext) {
        Aead aead = unwrap(key.tenantId, key.wrapped);
        return apply(() -> aead.encrypt(plaintext, context(key.tenantId, purpose)));
    }

    /**
     * Decrypts what {@link #encrypt} returned.
     *
     * @return a Uni that fails with {@link TenantKeyDestroyedException} if the tenant's key is destroyed
     */
    public Uni<byte[]> decrypt(UUID tenantId, String purpose, byte[] ciphertext) {
        return Panache.getSession()
                .flatMap(session -> find(session, tenantId))
                .onItem()
                .ifNull()
                .failWith(TenantKeyDestroyedException::new)
                .map(key -> decrypt(tenantId, key.wrapped, purpose, ciphertext));
    }

    /**
     * Does the same with a key that the caller has read from {@code tenant_key.wrapped}.
     *
     * @param wrapped null if there is none, or none any more
     * @throws TenantKeyDestroyedException then
     */
    public byte[] decrypt(UUID tenantId, byte[] wrapped, String purpose, byte[] ciphertext) {
        Aead key = unwrap(tenantId, wrapped);
        return apply(() -> key.decrypt(ciphertext, context(tenantId, purpose)));
    }

    /** Destroys the tenant's key for ever. @return how many keys that were: 1, or 0 if there was none or no longer */
    public Uni<Integer> destroy(UUID tenantId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("UPDATE tenant_key SET wrapped = NULL, destroyed_at = ?1"
                                + " WHERE tenant_id = ?2 AND destroyed_at IS NULL")
                        .setParameter(1, clock.instant())
                        .setParameter(2, tenantId)
                        .executeUpdate());
    }

    /** The tenant's key; null if there never was one. */
    private static Uni<TenantKey> find(Mutiny.Session session, UUID tenantId) {
        return session.find(TenantKey.class, tenantId);
    }

    /** @return the key that is there afterwards: this one, or that of a concurrent transaction */
    private static Uni<TenantKey> insertIfAbsent(Mutiny.Session session, TenantKey key) {
        return session.createNativeQuery("INSERT INTO tenant_key (tenant_id, wrapped, created_at)"
                        + " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                .setParameter(1, key.tenantId)
                .setParameter(2, key.wrapped)
                .setParameter(3, key.createdAt)
                .executeUpdate()
                .flatMap(inserted -> inserted == 1 ? Uni.createFrom().item(key) : find(session, key.tenantId));
    }

    private Aead unwrap(UUID tenantId, byte[] wrapped) {
        if (wrapped == null) {
            throw new TenantKeyDestroyedException();
        }
        return apply(() -> TinkProtoKeysetFormat.parseEncryptedKeyset(wrapped, master, associated(tenantId))
                .getPrimitive(RegistryConfiguration.get(), Aead.class));
    }

    private TenantKey newKey(UUID tenantId) {
        byte[] wrapped = apply(() -> TinkProtoKeysetFormat.serializeEncryptedKeyset(
                KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM), master, associated(tenantId)));
        return new TenantKey(tenantId, wrapped, clock.instant());
    }

    private static byte[] associated(UUID tenantId) {
        return tenantId.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] context(UUID tenantId, String purpose) {
        return (tenantId + "/" + purpose).getBytes(StandardCharsets.UTF_8);
    }

    private static Aead masterKey(Path file) {
        try {
            AeadConfig.register();
            byte[] raw = Base64.getDecoder().decode(Files.readString(file).strip());
            AesGcmKey key = AesGcmKey.builder()
                    .setParameters(AesGcmParameters.builder()
                            .setKeySizeBytes(32)
                            .setIvSizeBytes(12)
                            .setTagSizeBytes(16)
                            .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                            .build())
                    .setKeyBytes(SecretBytes.copyFrom(raw, InsecureSecretKeyAccess.get()))
                    .build();
            return KeysetHandle.newBuilder()
                    .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
                    .build()
                    .getPrimitive(RegistryConfiguration.get(), Aead.class);
        } catch (IOException | IllegalArgumentException | GeneralSecurityException unusable) {
            // The cause may quote the key.
            throw new IllegalStateException(
                    "tenure.master-key-file must name a readable file with 32 random bytes in base64: " + file);
        }
    }

    private interface Cryptographic<T> {
        T run() throws GeneralSecurityException;
    }

    private static <T> T apply(Cryptographic<T> operation) {
        try {
            return operation.run();
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException("A tenant's key or ciphertext cannot be used", failure);
        }
    }
}
