package sekisho.mailhook.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.gateway.outbox.OutboxItem;

/** How many are sent at one time, and what becomes of those that can't even begin. Here each is sent on the thread that claims. */
class SendersTest implements Senders.Work {

    private static final int MOST = 3;

    @TempDir
    Path folder;
    private Copies copies;
    private Destinations destinations;
    private final List<OutboxItem> attempted = new ArrayList<>();
    private final List<OutboxItem> putBack = new ArrayList<>();
    private final List<Integer> freeWhileSettled = new ArrayList<>();
    private Consumer<OutboxItem> settling = _ -> { };
    private Runnable atTheEnd = () -> { };
    private final AtomicInteger ended = new AtomicInteger();

    @BeforeEach
    void open() throws IOException {
        copies = new Copies(folder);
        destinations = new Destinations(new Routes(TestConfig.of(folder, Map.of())), MOST);
    }

    @Override
    public Runnable attempt(OutboxItem item) {
        attempted.add(item);
        return () -> {
            freeWhileSettled.add(destinations.free(item.destination()));
            settling.accept(item);
        };
    }

    @Override
    public void putBack(OutboxItem item) {
        putBack.add(item);
    }

    @Override
    public void ended(boolean again) {
        ended.incrementAndGet();
        atTheEnd.run();
    }

    private OutboxItem item(String destination) {
        return copies.item(destination, OutboxItem.Kind.NOTICE, null, 1, null, copies.row(Copies.HANAKO, null));
    }

    private void fillsWith(Senders senders, int room, OutboxItem... items) {
        senders.fill(free -> {
            assertThat(free).as("room").isEqualTo(room);
            return List.of(items);
        }, this);
    }

    @Test
    void whatCannotBeginIsPutBackAndTakesNobodysRoom() {
        var senders = new Senders(destinations, MOST, Runnable::run);
        var sent = item(Routes.SMART_HOST);
        var nowhere = item("gone");
        var behind = item(Routes.SMART_HOST);
        assertThatThrownBy(() -> fillsWith(senders, MOST, sent, nowhere, behind)).isInstanceOf(IllegalArgumentException.class);
        assertThat(attempted).containsExactly(sent);
        assertThat(putBack).containsExactly(nowhere, behind);
        fillsWith(senders, MOST, behind);
        assertThat(attempted).containsExactly(sent, behind);
        assertThat(ended).hasValue(2);
    }

    @Test
    void norDoesWhatGetsNoThread() {
        var senders = new Senders(destinations, MOST, _ -> {
            throw new RejectedExecutionException("no thread");
        });
        var items = List.of(item(Routes.SMART_HOST), item(Routes.SMART_HOST));
        int free = destinations.free(Routes.SMART_HOST);
        for (int i = 0; i < MOST; i++) {
            assertThatThrownBy(() -> fillsWith(senders, MOST, items.toArray(OutboxItem[]::new))).isInstanceOf(RejectedExecutionException.class);
        }
        assertThat(attempted).isEmpty();
        assertThat(putBack).hasSize(2 * MOST).containsOnlyElementsOf(items);
        assertThat(destinations.free(Routes.SMART_HOST)).as("of the destination").isEqualTo(free);
    }

    @Test
    void whileTheyAreSentTheyTakeRoom() {
        var waiting = new ArrayList<Runnable>();
        Executor later = waiting::add;
        var senders = new Senders(destinations, MOST, later);
        fillsWith(senders, MOST, item(Routes.SMART_HOST), item(Routes.SMART_HOST));
        fillsWith(senders, 1);
        waiting.forEach(Runnable::run);
        fillsWith(senders, MOST);
        assertThat(putBack).isEmpty();
    }

    @Test
    void aDestinationDoesNotWaitUntilItIsWrittenDownButTheProcessDoes() {
        var waiting = new ArrayList<Runnable>();
        Executor later = waiting::add;
        var senders = new Senders(destinations, MOST, later);
        int free = destinations.free(Routes.SMART_HOST);
        fillsWith(senders, MOST, item(Routes.SMART_HOST));
        settling = _ -> {
            assertThat(senders.end(Duration.ZERO)).as("all have ended").isFalse();
            throw new IllegalStateException("the database is away");
        };
        assertThatThrownBy(waiting.getFirst()::run).hasMessage("the database is away");
        assertThat(freeWhileSettled).containsExactly(free);
        assertThat(ended).hasValue(1);
        assertThat(senders.end(Duration.ZERO)).as("it has its room again").isTrue();
    }

    @Test
    void whatWasSentIsWrittenDownWhateverGoesWrongBesides() {
        var senders = new Senders(destinations, MOST, Runnable::run);
        var settled = new ArrayList<OutboxItem>();
        settling = settled::add;
        atTheEnd = () -> {
            throw new InternalError("asked for");
        };
        var sent = item(Routes.SMART_HOST);
        assertThatThrownBy(() -> fillsWith(senders, MOST, sent)).isInstanceOf(InternalError.class);
        assertThat(settled).containsExactly(sent);
    }

    @Test
    void atTheEndNothingBeginsAndNothingIsClaimed() {
        var waiting = new ArrayList<Runnable>();
        Executor later = waiting::add;
        var senders = new Senders(destinations, MOST, later);
        var underWay = item(Routes.SMART_HOST);
        var claimedMeanwhile = item(Routes.SMART_HOST);
        fillsWith(senders, MOST, underWay);
        senders.fill(_ -> {
            assertThat(senders.end(Duration.ZERO)).as("all have ended").isFalse();
            return List.of(claimedMeanwhile);
        }, this);
        assertThat(putBack).containsExactly(claimedMeanwhile);
        assertThat(senders.fill(_ -> {
            throw new AssertionError("claimed at the end");
        }, this)).isZero();
        waiting.forEach(Runnable::run);
        assertThat(attempted).containsExactly(underWay);
        assertThat(senders.end(Duration.ZERO)).isTrue();
    }
}
