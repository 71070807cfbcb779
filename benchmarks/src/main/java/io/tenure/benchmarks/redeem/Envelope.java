package io.tenure.benchmarks.redeem;

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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.UUID;

/**
 * Encrypts as {@code io.tenure.kit.encryption.TenantKeys} does, with the same master key: what this wrote into a database a
 * service decrypts.
 */
final class Envelope {

    private static final int KEY_BYTES = 32;

    private final Aead master;

    /** @param masterKey the file that the service reads */
    Envelope(Path masterKey) throws IOException, GeneralSecurityException {
        AeadConfig.register();
        var raw = Base64.getDecoder().decode(Files.readString(masterKey).strip());
        var key = AesGcmKey.builder()
                .setParameters(AesGcmParameters.builder()
                        .setKeySizeBytes(KEY_BYTES)
                        .setIvSizeBytes(12)
                        .setTagSizeBytes(16)
                        .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                        .build())
                .setKeyBytes(SecretBytes.copyFrom(raw, InsecureSecretKeyAccess.get()))
                .build();
        this.master = KeysetHandle.newBuilder()
                .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
                .build()
                .getPrimitive(RegistryConfiguration.get(), Aead.class);
    }

    /** A new data key of a tenant. */
    TenantKey newKey(UUID tenantId) throws GeneralSecurityException {
        var keyset = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM);
        var wrapped = TinkProtoKeysetFormat.serializeEncryptedKeyset(keyset, master, bytes(tenantId.toString()));
        return new TenantKey(tenantId, wrapped, keyset.getPrimitive(RegistryConfiguration.get(), Aead.class));
    }

    /**
     * A tenant's data key.
     *
     * @param wrapped as table {@code tenant_key} holds it
     */
    record TenantKey(UUID tenantId, byte[] wrapped, Aead aead) {

        byte[] encrypt(String purpose, String plaintext) throws GeneralSecurityException {
            return aead.encrypt(bytes(plaintext), bytes(tenantId + "/" + purpose));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
