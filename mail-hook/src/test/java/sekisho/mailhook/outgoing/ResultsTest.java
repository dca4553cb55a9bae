package sekisho.mailhook.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Settlement;

/** What came of attempts is written down in the end, whatever fails at first. */
class ResultsTest {

    @TempDir
    Path folder;
    private OutboxItem item;
    private OutboxItem other;
    private List<Settlement> sent;
    private final Queue<Throwable> failures = new ArrayDeque<>();
    private final List<OutboxItem> written = new ArrayList<>();
    private final Results results = new Results((settled, settlements) -> {
        switch (failures.poll()) {
            case null -> {
                assertThat(settlements).isEqualTo(sent);
                written.add(settled);
            }
            case Error error -> throw error;
            case Throwable away -> throw new IllegalStateException(away);
        }
    });

    @BeforeEach
    void open() throws IOException {
        var copies = new Copies(folder);
        item = copies.item(Routes.SMART_HOST, OutboxItem.Kind.NOTICE, null, 1, null, copies.row(Copies.HANAKO, null));
        other = copies.item(Routes.SMART_HOST, OutboxItem.Kind.NOTICE, null, 1, null, copies.row(Copies.HANAKO, null));
        sent = List.of(new Settlement.Sent(item.rows().getFirst().id(), Settlement.Reply.ours("250 ok"), false));
    }

    @Test
    void anErrorKeepsNoneFromIt() {
        failures.addAll(List.of(new InternalError("asked for"), new InternalError("asked for")));
        results.settle(item, () -> sent);
        assertThat(written).containsExactly(item);
        assertThat(results.waiting()).isZero();
    }

    @Test
    void whatWaitsIsNotForgottenByAnErrorAndKeepsNoOther() {
        failures.addAll(List.of(new IllegalStateException("away"), new IllegalStateException("away")));
        results.settle(item, () -> sent);
        results.settle(other, () -> sent);
        failures.add(new InternalError("asked for"));
        assertThatThrownBy(results::again).isInstanceOf(InternalError.class);
        assertThat(results.waiting()).isEqualTo(2);
        failures.add(new IllegalStateException("away"));
        results.again();
        assertThat(written).containsExactly(other);
        results.again();
        assertThat(written).containsExactly(other, item);
        assertThat(results.waiting()).isZero();
    }
}
