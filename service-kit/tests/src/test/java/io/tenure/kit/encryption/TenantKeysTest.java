package io.tenure.kit.encryption;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.kit.KitTest;
import io.tenure.kit.UnitOfWork;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

@KitTest
class TenantKeysTest {

    private final UUID tenant = Ids.next();
    private final byte[] secret = "ada@acme.example".getBytes(StandardCharsets.UTF_8);

    @Inject
    TenantKeys keys;

    @Inject
    UnitOfWork unitOfWork;

    @Test
    void decryptsWhatItEncrypted() {
        byte[] first = run(() -> keys.encrypt(tenant, "contact", secret));
        byte[] second = run(() -> keys.encrypt(tenant, "contact", secret));

        assertFalse(new String(first, StandardCharsets.ISO_8859_1).contains("acme"));
        assertFalse(Arrays.equals(first, second), "a ciphertext tells nothing of equal plaintexts");
        assertArrayEquals(secret, run(() -> keys.decrypt(tenant, "contact", first)));
        assertArrayEquals(secret, run(() -> keys.decrypt(tenant, "contact", second)));
    }

    @Test
    void aFirstCiphertextIsAsGoodAsALaterOne() {
        byte[] first = run(() -> keys.encryptFirst(tenant, "contact", secret));
        byte[] later = run(() -> keys.encrypt(tenant, "contact", secret));

        assertArrayEquals(secret, run(() -> keys.decrypt(tenant, "contact", first)));
        assertArrayEquals(secret, run(() -> keys.decrypt(tenant, "contact", later)));
    }

    @Test
    void aTenantHasNoSecondFirstKey() {
        run(() -> keys.encryptFirst(tenant, "contact", secret));

        assertThrows(RuntimeException.class, () -> run(() -> keys.encryptFirst(tenant, "contact", secret)));
    }

    @Test
    void aCiphertextIsBoundToItsTenantAndPurpose() {
        UUID other = Ids.next();
        byte[] ciphertext = run(() -> keys.encrypt(tenant, "contact", secret));
        run(() -> keys.encrypt(other, "contact", secret));

        assertThrows(IllegalStateException.class, () -> run(() -> keys.decrypt(tenant, "credential", ciphertext)));
        assertThrows(IllegalStateException.class, () -> run(() -> keys.decrypt(other, "contact", ciphertext)));
    }

    @Test
    void aDestroyedKeyIsGoneForGood() {
        byte[] ciphertext = run(() -> keys.encrypt(tenant, "contact", secret));

        assertEquals(1, run(() -> keys.destroy(tenant)));
        assertEquals(0, run(() -> keys.destroy(tenant)));
        assertThrows(TenantKeyDestroyedException.class, () -> run(() -> keys.decrypt(tenant, "contact", ciphertext)));
        assertThrows(TenantKeyDestroyedException.class, () -> run(() -> keys.encrypt(tenant, "contact", secret)));
    }

    private <T> T run(Supplier<Uni<T>> work) {
        try {
            return VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(work));
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }
}
