package sekisho.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntryTest {

    private static final UUID DELIVERY = UUID.randomUUID();
    private static final UUID TARO = UUID.randomUUID();
    private static final UUID FILE = UUID.randomUUID();

    /** @param number of its event, in the order in which events were given */
    private static Entry entry(int number, Entry.Kind kind, @Nullable UUID recipient, @Nullable UUID file) {
        return new Entry(new UUID(number, 0x8000_0000_0000_0000L), "2026-11-29T01:00:00Z", kind, DELIVERY, recipient, file, "SENDER", "person:x");
    }

    private static Entry revoked(int number) {
        return entry(number, Entry.Kind.REVOKED, null, null);
    }

    private static Entry restored(int number) {
        return entry(number, Entry.Kind.RESTORED, null, null);
    }

    @Test
    void openingTakesBackAllThatWasShutBefore() {
        assertThat(Entry.standing(List.of(revoked(1), revoked(2), restored(3)))).isEmpty();
        assertThat(Entry.standing(List.of(revoked(1), restored(2), revoked(3)))).containsExactly(revoked(3));
        assertThat(Entry.standing(List.of(revoked(1), restored(2), revoked(3), restored(4)))).isEmpty();
    }

    /** Opening is written after its commit: what was shut once more meanwhile stands before it. */
    @Test
    void openingTakesBackNothingThatWasShutAfterIt() {
        assertThat(Entry.standing(List.of(revoked(1), revoked(3), restored(2)))).containsExactly(revoked(3));
        assertThat(Entry.standing(List.of(revoked(1), revoked(3), revoked(5), restored(4), restored(2)))).containsExactly(revoked(5));
    }

    /** The clock was set back between two processes with the same file: the order of lines tells. */
    @Test
    void whatStandsBehindAnOpeningStaysShutWhateverItsClockSaid() {
        assertThat(Entry.standing(List.of(revoked(11), restored(12), revoked(5)))).containsExactly(revoked(5));
        assertThat(Entry.standing(List.of(revoked(11), restored(5)))).as("more stays shut, never less").containsExactly(revoked(11));
    }

    /** What is destroyed can't be opened again: that it was says that destroying it was rolled back. */
    @Test
    void whatWasOpenedAgainHadNotBeenDestroyed() {
        var destroyed = entry(2, Entry.Kind.SHREDDED, null, null);
        assertThat(Entry.standing(List.of(revoked(1), destroyed, restored(3)))).isEmpty();
        assertThat(Entry.standing(List.of(revoked(1), destroyed, entry(3, Entry.Kind.RESTORED, TARO, null), entry(4, Entry.Kind.RESTORED, null, FILE))))
            .as("what is narrower says nothing").containsExactly(revoked(1), destroyed);
        var later = entry(5, Entry.Kind.SHREDDED, null, null);
        assertThat(Entry.standing(List.of(revoked(1), destroyed, restored(3), revoked(4), later))).containsExactly(revoked(4), later);
        assertThat(Entry.standing(List.of(revoked(1), revoked(4), later, restored(3)))).as("opened before, written after").containsExactly(revoked(4), later);
    }

    @Test
    void whatWasRolledBackSaysNothing() {
        var cancelled = entry(2, Entry.Kind.CANCELLED, TARO, null);
        var destroyed = entry(3, Entry.Kind.SHREDDED, null, null);
        assertThat(Entry.standing(List.of(revoked(1), cancelled, destroyed, cancelled.undone("2026-11-29T01:00:05Z"), destroyed.undone("2026-11-29T01:00:05Z"))))
            .containsExactly(revoked(1));
        assertThat(Entry.standing(List.of(destroyed, cancelled.undone("2026-11-29T01:00:05Z")))).as("of another event").containsExactly(destroyed);
        var line = new String(cancelled.undone("2026-11-29T01:00:05Z").line(), java.nio.charset.StandardCharsets.UTF_8).strip();
        assertThat(Entry.of(line)).contains(new Entry(cancelled.event(), "2026-11-29T01:00:05Z", Entry.Kind.UNDONE, DELIVERY, TARO, null, "SENDER", "person:x"));
    }

    @Test
    void exactlyTheSameIsTakenBackAndACopyThatWasStoppedNever() {
        var narrower = List.of(entry(1, Entry.Kind.REVOKED, TARO, null), entry(2, Entry.Kind.REVOKED, null, FILE), entry(3, Entry.Kind.REVOKED, TARO, FILE),
            entry(4, Entry.Kind.CANCELLED, TARO, null));
        var entries = new ArrayList<>(narrower);
        entries.add(restored(6));
        assertThat(Entry.standing(entries)).containsExactlyElementsOf(narrower);
        entries.add(entry(7, Entry.Kind.RESTORED, TARO, null));
        assertThat(Entry.standing(entries)).containsExactlyElementsOf(narrower.subList(1, 4));
    }

    @Test
    void nobodyElseShuts() {
        assertThatThrownBy(() -> new Entry(DELIVERY, "2026-11-29T01:00:00Z", Entry.Kind.REVOKED, DELIVERY, null, null, "sender", "person:x"))
            .isInstanceOf(IllegalArgumentException.class);
    }
}
