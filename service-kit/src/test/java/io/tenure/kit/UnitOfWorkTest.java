package io.tenure.kit;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.sample.Sample;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

@KitTest
class UnitOfWorkTest {

    private final UUID id = Ids.next();
    private final List<Long> seen = new CopyOnWriteArrayList<>();
    private final Runnable follower = () -> pool().preparedQuery("SELECT count(*) FROM sample WHERE id = $1")
            .execute(Tuple.of(id))
            .subscribe()
            .with(rows -> seen.add(rows.iterator().next().getLong(0)));

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Pool pool;

    @Test
    void aFollowerSeesWhatWasCommitted() {
        run(() -> insert().invoke(() -> unitOfWork.afterCommit(follower)));

        await().until(() -> !seen.isEmpty());
        assertEquals(List.of(1L), seen);
    }

    @Test
    void aFollowerRunsOnceHoweverOftenItIsGiven() {
        List<String> ran = new CopyOnWriteArrayList<>();
        Runnable once = () -> ran.add("once");
        run(() -> insert().invoke(() -> {
            unitOfWork.afterCommit(once);
            unitOfWork.afterCommit(once);
        }));

        assertEquals(List.of("once"), ran);
    }

    @Test
    void anInnerUnitOfWorkLeavesFollowersToTheOuterOne() {
        List<String> order = new CopyOnWriteArrayList<>();
        run(() -> unitOfWork
                .run(() -> insert().invoke(() -> unitOfWork.afterCommit(() -> order.add("follower"))))
                .invoke(() -> order.add("inner")));

        assertEquals(List.of("inner", "follower"), order);
    }

    @Test
    void nothingFollowsARollback() {
        List<String> ran = new CopyOnWriteArrayList<>();
        assertThrows(
                IllegalStateException.class,
                () -> run(() -> insert().invoke(() -> unitOfWork.afterCommit(() -> ran.add("never")))
                        .invoke(() -> {
                            throw new IllegalStateException("no");
                        })));
        run(this::insert);

        assertEquals(List.of(), ran);
    }

    private Pool pool() {
        return pool;
    }

    private Uni<Void> insert() {
        Sample row = new Sample();
        row.id = id;
        row.tenantId = id;
        row.name = "a";
        return Panache.getSession().flatMap(session -> session.persist(row));
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
