package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.GroupCommit.InDoubtException;

@Timeout(60)
class GroupCommitTest {

    /** Any failure is that of what was written. */
    private static final Consumer<RuntimeException> OWN = _ -> { };

    /** Starts one that waits in its transaction, lets others arrive meanwhile, then lets it go. */
    private static List<List<Integer>> batchesBehindAFirst(int others, int most) throws Exception {
        return batchesBehindAFirst(most, IntStream.rangeClosed(1, others).toArray());
    }

    /** As above; each weighs its last two digits, and a hundred is the most. */
    private static List<List<Integer>> batchesBehindAFirst(int most, int... others) throws Exception {
        var batches = new ConcurrentLinkedQueue<List<Integer>>();
        var entered = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var group = new GroupCommit<Integer>(1, most, 100, item -> item % 100, batch -> {
            batches.add(batch);
            if (batch.contains(0)) {
                entered.countDown();
                awaitOpen(go);
            }
        }, OWN);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            all.add(threads.submit(() -> group.commit(0)));
            entered.await();
            for (int item : others) {
                all.add(waits(group, item));
            }
            go.countDown();
            for (var one : all) {
                one.get(30, TimeUnit.SECONDS);
            }
        }
        return List.copyOf(batches);
    }

    /** The second transaction finds out that the database is away: who shares it and who waits behind it has failed then. */
    @Test
    void whereTheDatabaseIsAwayNobodyWaitsForThemselves() throws Exception {
        var transactions = new AtomicInteger();
        var entered = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var away = new IllegalStateException("no connection");
        var group = new GroupCommit<Integer>(1, 10, _ -> {
            if (transactions.incrementAndGet() == 1) {
                entered.countDown();
                awaitOpen(go);
            } else {
                throw away;
            }
        }, failed -> {
            throw failed;
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> group.commit(0));
            entered.await();
            var others = new ArrayList<Future<?>>();
            for (int i = 1; i <= 50; i++) {
                others.add(waits(group, i));
            }
            go.countDown();
            first.get();
            assertThat(others).allSatisfy(one -> assertThatThrownBy(one::get).rootCause().isSameAs(away));
        }
        assertThat(transactions).hasValue(2);
        assertThatThrownBy(() -> group.commit(51)).isSameAs(away);
    }

    /** A batch is taken apart for one that can't be written, and the database goes away meanwhile: whoever comes behind that is not tried. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereTheDatabaseGoesAwayBetweenTwoOfABatchTheOthersArentTried(boolean inTheCommit) throws Exception {
        var transactions = new ConcurrentLinkedQueue<List<Integer>>();
        var entered = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var away = new IllegalStateException("no connection");
        var group = new GroupCommit<Integer>(1, 10, batch -> {
            transactions.add(batch);
            if (batch.contains(0)) {
                entered.countDown();
                awaitOpen(go);
            } else if (batch.size() > 1) {
                throw new IllegalArgumentException("one of them can't be");
            } else if (batch.contains(2)) {
                throw inTheCommit ? new InDoubtException("712", away) : away;
            }
        }, failed -> {
            if (failed == away) {
                throw failed;
            }
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.submit(() -> group.commit(0));
            entered.await();
            var others = new ArrayList<Future<?>>();
            for (int i = 1; i <= 5; i++) {
                others.add(waits(group, i));
            }
            go.countDown();
            others.getFirst().get();
            assertThat(others.subList(1, 5)).allSatisfy(one -> assertThatThrownBy(one::get).rootCause().isSameAs(away));
            assertThatThrownBy(others.get(1)::get).cause().isInstanceOf(inTheCommit ? InDoubtException.class : IllegalStateException.class);
            assertThat(others.subList(2, 5)).as("nothing of theirs is in doubt")
                .allSatisfy(one -> assertThatThrownBy(one::get).cause().isNotInstanceOf(InDoubtException.class));
        }
        assertThat(transactions).containsExactly(List.of(0), List.of(1, 2, 3, 4, 5), List.of(1), List.of(2));
    }

    /** Commits in a thread of its own, and returns when it waits for the one before. */
    private static Future<?> waits(GroupCommit<Integer> group, int item) {
        var done = new CompletableFuture<@Nullable Void>();
        var thread = Thread.ofVirtual().start(() -> {
            try {
                group.commit(item);
                done.complete(null);
            } catch (RuntimeException failed) {
                done.completeExceptionally(failed);
            }
        });
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return done;
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void whatArrivesDuringATransactionSharesTheNext() throws Exception {
        assertThat(batchesBehindAFirst(5, 64)).containsExactly(List.of(0), List.of(1, 2, 3, 4, 5));
    }

    @Test
    void aTransactionTakesNoMoreThanItMay() throws Exception {
        assertThat(batchesBehindAFirst(5, 2)).containsExactly(List.of(0), List.of(1, 2), List.of(3, 4), List.of(5));
    }

    @Test
    void aHeavyOneTakesNoneWithIt() throws Exception {
        assertThat(batchesBehindAFirst(64, 40, 60, 1, 100, 200, 99, 1, 70)).containsExactly(List.of(0), List.of(40, 60), List.of(1, 100, 200, 99), List.of(1, 70));
    }

    @Test
    void oneThatIsTooHeavyByItselfGoesAlone() throws Exception {
        var batches = new ArrayList<List<Integer>>();
        var group = new GroupCommit<Integer>(1, 64, 10, item -> item, batches::add, OWN);
        group.commit(1_000);
        assertThat(batches).containsExactly(List.of(1_000));
    }

    @Test
    void oneThatCantBeWrittenTakesNoOtherWithIt() throws Exception {
        var written = new ConcurrentLinkedQueue<Integer>();
        var group = new GroupCommit<Integer>(1, 64, batch -> {
            if (batch.contains(13)) {
                throw new IllegalArgumentException("not 13");
            }
            written.addAll(batch);
        }, OWN);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 100).mapToObj(i -> threads.submit(() -> group.commit(i))).toList();
            for (int i = 0; i < 100; i++) {
                var one = all.get(i);
                if (i == 13) {
                    assertThatThrownBy(one::get).hasRootCauseMessage("not 13");
                } else {
                    one.get();
                }
            }
        }
        assertThat(written).hasSize(99).doesNotHaveDuplicates();
    }

    @Test
    void whatIsInDoubtIsNeverWrittenAgain() {
        var attempts = new AtomicInteger();
        var group = new GroupCommit<Integer>(1, 64, batch -> {
            attempts.addAndGet(batch.size());
            throw new InDoubtException("712", new IllegalStateException("connection reset"));
        }, OWN);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 50).mapToObj(i -> threads.submit(() -> group.commit(i))).toList();
            assertThat(all).allSatisfy(one -> assertThatThrownBy(one::get).cause()
                .isInstanceOfSatisfying(InDoubtException.class, doubt -> assertThat(doubt.transaction()).isEqualTo("712")));
        }
        assertThat(attempts).hasValue(50);
    }

    @Test
    void everyItemOfManyThreadsIsWrittenOnce() throws Exception {
        var written = new ConcurrentLinkedQueue<Integer>();
        var group = new GroupCommit<Integer>(2, 16, written::addAll, OWN);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var one : IntStream.range(0, 5_000).mapToObj(i -> threads.submit(() -> group.commit(i))).toList()) {
                one.get();
            }
        }
        assertThat(written).hasSize(5_000).doesNotHaveDuplicates();
        group.commit(-1);
        assertThat(written).contains(-1);
    }
}
