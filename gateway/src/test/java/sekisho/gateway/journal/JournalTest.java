package sekisho.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.Ids;
import sekisho.gateway.Mail;
import sekisho.gateway.TestServers;
import sekisho.gateway.access.Destruction;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.access.Revocations.Target;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryRows;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Settlement;
import sekisho.gateway.people.Person;

/** What is shut is written down before it is committed, and what a database doesn't know of it is done again. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class JournalTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String TARO = "taro@partner.example";

    @Inject
    Mail mail;
    @Inject
    Holds holds;
    @Inject
    Revocations revocations;
    @Inject
    Destruction destruction;
    @Inject
    Outbox outbox;
    @Inject
    DeliveryRecords records;
    @Inject
    Journal journal;
    @Inject
    Replay replay;
    @Inject
    AuditLog audit;
    @Inject
    TransactionSynchronizationRegistry transaction;

    @Inject
    Clock clock;

    private Person responder;
    private Person sender;

    @BeforeEach
    void signIn() {
        responder = mail.person("responder@example.co.jp", "responder");
        sender = mail.person(HANAKO, "sender");
    }

    private Mail.Sent released() {
        var sent = mail.send(HANAKO, List.of(TARO), "content".getBytes());
        holds.releaseNow(sender, sent.delivery());
        return sent;
    }

    /** All that waits is sent. @return what of this delivery */
    private List<OutboxItem.Kind> leaves(Mail.Sent sent) {
        var kinds = new ArrayList<OutboxItem.Kind>();
        for (var items = outbox.claim(1000, Mail.ONE_DESTINATION); !items.isEmpty(); items = outbox.claim(1000, Mail.ONE_DESTINATION)) {
            items.forEach(this::sent);
            items.stream().filter(item -> item.delivery().equals(sent.delivery())).map(OutboxItem::kind).forEach(kinds::add);
        }
        return kinds;
    }

    private void sent(OutboxItem item) {
        outbox.settle(item, item.rows().stream().map(Mail::taken).toList());
    }

    private static Target whole(Mail.Sent sent) {
        return new Target(sent.delivery(), null, null);
    }

    private static List<Entry> written(Mail.Sent sent) throws IOException {
        return Files.readAllLines(TestServers.folder.resolve("journal")).stream().flatMap(line -> Entry.of(line).stream())
            .filter(entry -> entry.delivery().equals(sent.delivery())).toList();
    }

    private DeliveryView view(Mail.Sent sent) {
        return records.view(responder, sent.delivery()).orElseThrow();
    }

    private List<AuditRecord> events(Mail.Sent sent, AuditType type) {
        return audit.ofDelivery(sent.delivery(), Optional.empty(), 1000).stream().filter(event -> event.type() == type).toList();
    }

    private static Entry lost(Entry.Kind kind, Mail.Sent sent, @Nullable UUID recipient, @Nullable UUID file) {
        return new Entry(Ids.next(), "2026-11-29T01:00:00Z", kind, sent.delivery(), recipient, file, "RESPONDER", "person:x");
    }

    private static <T> T rolledBack(Supplier<T> work) {
        QuarkusTransaction.begin();
        try {
            return work.get();
        } finally {
            QuarkusTransaction.rollback();
        }
    }

    @Test
    void whatIsShutIsWrittenDownUnderTheIdOfItsEvent() throws IOException {
        var sent = mail.send(HANAKO, List.of(TARO, "jiro@other.example"), "x".getBytes());
        holds.cancelFor(sender, sent.delivery(), sent.recipients().get("jiro@other.example"));
        holds.releaseNow(sender, sent.delivery());
        revocations.revoke(sender, new Target(sent.delivery(), sent.recipients().get(TARO), sent.files().getFirst()));
        revocations.revoke(responder, whole(sent));
        revocations.restore(responder, whole(sent));
        revocations.revoke(responder, whole(sent));
        destruction.destroy(responder, sent.delivery());
        assertThat(written(sent)).extracting(Entry::kind).containsExactly(Entry.Kind.CANCELLED, Entry.Kind.REVOKED, Entry.Kind.REVOKED, Entry.Kind.RESTORED,
            Entry.Kind.REVOKED, Entry.Kind.SHREDDED);
        assertThat(written(sent)).extracting(Entry::as).containsExactly("SENDER", "SENDER", "RESPONDER", "RESPONDER", "RESPONDER", "RESPONDER");
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 1000)).extracting(AuditRecord::id).containsAll(written(sent).stream().map(Entry::event).toList());
        replay.run(written(sent));
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 1000)).as("nothing is done that is known")
            .noneMatch(event -> event.details().containsKey("replayed"));
    }

    @Test
    void whatWasRolledBackMayStandThereAsShutAndNeverAsOpen() throws IOException {
        var sent = released();
        assertThat(rolledBack(() -> revocations.revoke(responder, whole(sent)))).isEqualTo(Revocations.Outcome.DONE);
        assertThat(view(sent).revoked()).isFalse();
        assertThat(written(sent)).extracting(Entry::kind).containsExactly(Entry.Kind.REVOKED);
        revocations.revoke(responder, whole(sent));
        assertThat(rolledBack(() -> revocations.restore(responder, whole(sent)))).isEqualTo(Revocations.Outcome.DONE);
        assertThat(written(sent)).extracting(Entry::kind).containsExactly(Entry.Kind.REVOKED, Entry.Kind.REVOKED);
        assertThat(view(sent).revoked()).isTrue();
    }

    /** The connection broke at the commit: the responder was told to try again later, and thought better of it. */
    @Test
    void aDestructionThatWasRolledBackIsNotCarriedOutOnceTheDeliveryIsOpenAgain() throws IOException {
        var sent = released();
        revocations.revoke(responder, whole(sent));
        assertThat(rolledBack(() -> destruction.destroy(responder, sent.delivery()))).isEqualTo(Destruction.Outcome.DONE);
        assertThat(revocations.restore(responder, whole(sent))).isEqualTo(Revocations.Outcome.DONE);
        assertThat(written(sent)).extracting(Entry::kind).containsExactly(Entry.Kind.REVOKED, Entry.Kind.SHREDDED, Entry.Kind.RESTORED);
        replay.run(written(sent));
        assertThat(view(sent).revoked()).isFalse();
        assertThat(events(sent, AuditType.FILE_SHREDDED)).isEmpty();
        revocations.revoke(responder, whole(sent));
        assertThat(destruction.destroy(responder, sent.delivery())).as("its keys are there").isEqualTo(Destruction.Outcome.DONE);
        assertThat(events(sent, AuditType.FILE_SHREDDED)).hasSize(1);
    }

    /** What another node opened stands in its journal, and in the audit log. */
    @Test
    void aDestructionThatWasRolledBackIsNotCarriedOutWhenAnotherNodeOpenedTheDeliveryAgain() throws IOException {
        var sent = released();
        revocations.revoke(responder, whole(sent));
        rolledBack(() -> destruction.destroy(responder, sent.delivery()));
        var here = written(sent);
        revocations.restore(responder, whole(sent));
        replay.run(here);
        assertThat(view(sent).state()).isNotEqualTo(DeliveryState.SHREDDED);
        assertThat(events(sent, AuditType.FILE_SHREDDED)).isEmpty();
    }

    @Test
    void whatWasRolledBackIsTakenBackOnceTheDatabaseSaysSo() throws IOException {
        var held = mail.send(HANAKO, List.of(TARO), "y".getBytes());
        rolledBack(() -> holds.cancelFor(sender, held.delivery(), held.recipients().get(TARO)));
        var kept = released();
        revocations.revoke(responder, whole(kept));
        rolledBack(() -> destruction.destroy(responder, kept.delivery()));
        journal.settle();
        assertThat(written(held)).extracting(Entry::kind).containsExactly(Entry.Kind.CANCELLED, Entry.Kind.UNDONE);
        assertThat(written(kept)).extracting(Entry::kind).containsExactly(Entry.Kind.REVOKED, Entry.Kind.SHREDDED, Entry.Kind.UNDONE);
        journal.settle();
        assertThat(written(held)).as("once").hasSize(2);
        replay.run(written(held));
        replay.run(written(kept));
        assertThat(view(held).state()).isEqualTo(DeliveryState.HELD);
        assertThat(events(kept, AuditType.FILE_SHREDDED)).as("the responder keeps it as it is, revoked").isEmpty();
        assertThat(view(kept).revoked()).isTrue();
    }

    /** The transaction of a host that lost power stays open for hours. */
    @Test
    @Timeout(60)
    void aDeliveryThatATransactionDoesNotLetGoKeepsNoOtherFromBeingTakenBack() throws Exception {
        var stuck = released();
        var other = released();
        for (var each : List.of(stuck, other)) {
            rolledBack(() -> revocations.revoke(responder, whole(each)));
        }
        try (var thread = Executors.newSingleThreadExecutor()) {
            QuarkusTransaction.begin();
            try {
                DeliveryRows.lock(stuck.delivery());
                thread.submit(journal::settle).get();
            } finally {
                QuarkusTransaction.rollback();
            }
        }
        assertThat(written(other)).extracting(Entry::kind).containsExactly(Entry.Kind.REVOKED, Entry.Kind.UNDONE);
        assertThat(written(stuck)).extracting(Entry::kind).containsExactly(Entry.Kind.REVOKED);
        journal.settle();
        assertThat(written(stuck)).as("once it is known").extracting(Entry::kind).containsExactly(Entry.Kind.REVOKED, Entry.Kind.UNDONE);
    }

    @Test
    void whatWasRolledBackJustBeforeTheEndIsTakenBackBeforeIt() throws IOException {
        var sent = released();
        var path = TestServers.folder.resolve("journal-of-one-that-ends");
        var ends = new Journal(() -> Optional.of(path), replay, transaction, Clock.systemUTC(), new SimpleMeterRegistry());
        ends.unsure(lost(Entry.Kind.REVOKED, sent, null, null));
        ends.stop(new ShutdownEvent());
        assertThat(Files.readAllLines(path).stream().flatMap(line -> Entry.of(line).stream())).extracting(Entry::kind).containsExactly(Entry.Kind.UNDONE);
    }

    /** The commit was done and its answer lost: who made it can't tell. */
    @Test
    void whatWasCommittedAfterAllStands() throws IOException {
        var sent = released();
        revocations.revoke(responder, whole(sent));
        destruction.destroy(responder, sent.delivery());
        written(sent).forEach(journal::unsure);
        journal.settle();
        assertThat(written(sent)).extracting(Entry::kind).containsExactly(Entry.Kind.REVOKED, Entry.Kind.SHREDDED);
    }

    @Test
    void whatWasDestroyedAfterItWasOpenedIsDestroyedAgain() throws IOException {
        var sent = released();
        revocations.revoke(responder, new Target(sent.delivery(), null, sent.files().getFirst()));
        revocations.revoke(responder, whole(sent));
        revocations.restore(responder, whole(sent));
        revocations.restore(responder, new Target(sent.delivery(), null, sent.files().getFirst()));
        revocations.revoke(responder, whole(sent));
        rolledBack(() -> destruction.destroy(responder, sent.delivery()));   // as if the backup were older
        replay.run(written(sent));
        assertThat(view(sent).state()).isEqualTo(DeliveryState.SHREDDED);
        assertThat(events(sent, AuditType.FILE_SHREDDED)).hasSize(1);
    }

    @Test
    void whatTheDatabaseDoesNotKnowIsShutAgainOnceAndStaysOpenWhenSomebodyOpensIt() {
        var sent = released();
        var entry = lost(Entry.Kind.REVOKED, sent, null, null);
        replay.run(List.of(entry));
        assertThat(view(sent).revoked()).isTrue();
        assertThat(view(sent).frozen()).as("only a responder opens it").isTrue();
        assertThat(events(sent, AuditType.ACCESS_REVOKED)).singleElement().satisfies(event -> {
            assertThat(event.id()).isEqualTo(entry.event());
            assertThat(event.actor()).isEqualTo("journal");
            assertThat(event.details()).containsEntry("replayed", entry.at()).containsEntry("actor", "person:x").containsEntry("as", "responder");
        });
        assertThat(revocations.restore(responder, whole(sent))).isEqualTo(Revocations.Outcome.DONE);
        replay.run(List.of(entry));
        assertThat(view(sent).revoked()).isFalse();
    }

    @Test
    void whatWasOpenedAgainAfterwardsStaysOpen() {
        var sent = released();
        var file = sent.files().getFirst();
        replay.run(List.of(lost(Entry.Kind.REVOKED, sent, null, null), lost(Entry.Kind.REVOKED, sent, null, file), lost(Entry.Kind.RESTORED, sent, null, null)));
        assertThat(view(sent).revoked()).isFalse();
        assertThat(view(sent).files().getFirst().revoked()).as("which nobody opened again").isTrue();
    }

    @Test
    void whatWasShutOnceMoreRightBehindTheOpeningStaysShutThoughItStandsBefore() {
        var sent = released();
        var first = lost(Entry.Kind.REVOKED, sent, null, null);
        var opened = lost(Entry.Kind.RESTORED, sent, null, null);
        var second = lost(Entry.Kind.REVOKED, sent, null, null);
        replay.run(List.of(first, second, opened));
        assertThat(view(sent).revoked()).isTrue();
        assertThat(events(sent, AuditType.ACCESS_REVOKED)).extracting(AuditRecord::id).containsExactly(second.event());
    }

    /** Each process has a file: what another opened is in the other's, and what is shut stays so, whoever replays first. */
    @Test
    void whatOneNodeShutAndAnotherOpenedStaysShut() {
        var sent = released();
        var shut = lost(Entry.Kind.REVOKED, sent, null, null);
        var opened = lost(Entry.Kind.RESTORED, sent, null, null);
        replay.run(List.of(opened));
        replay.run(List.of(shut));
        replay.run(List.of(opened));
        assertThat(view(sent).revoked()).isTrue();
    }

    @Test
    void aReplayThatBrokeOffGoesOnAndDoesNothingTwice() {
        var sent = released();
        var entries = List.of(lost(Entry.Kind.REVOKED, sent, null, sent.files().getFirst()), lost(Entry.Kind.REVOKED, sent, null, null));
        replay.run(entries.subList(0, 1));
        replay.run(entries);
        assertThat(events(sent, AuditType.ACCESS_REVOKED)).extracting(AuditRecord::id).containsExactlyInAnyOrder(entries.get(0).event(), entries.get(1).event());
    }

    @Test
    void aCopyOfTheFileThatIsReplayedAtTheSameTimeStopsNoStart() throws Exception {
        var sent = released();
        var entries = Stream.generate(() -> lost(Entry.Kind.REVOKED, sent, null, null)).limit(100).toList();
        try (var nodes = Executors.newVirtualThreadPerTaskExecutor()) {
            var both = List.of(nodes.submit(() -> replay.run(entries)), nodes.submit(() -> replay.run(entries)));
            for (var one : both) {
                one.get();
            }
        }
        assertThat(events(sent, AuditType.ACCESS_REVOKED)).hasSize(100);
    }

    @Test
    void whatAResponderTookOverIsTheResponders() {
        var sent = released();
        var taro = sent.recipients().get(TARO);
        var file = sent.files().getFirst();
        for (var target : List.of(whole(sent), new Target(sent.delivery(), taro, null), new Target(sent.delivery(), null, file), new Target(sent.delivery(), taro, file))) {
            assertThat(revocations.revoke(sender, target)).isEqualTo(Revocations.Outcome.DONE);
            replay.run(List.of(lost(Entry.Kind.REVOKED, sent, target.recipient(), target.file())));
            assertThat(revocations.restore(sender, target)).as("%s", target).isEqualTo(Revocations.Outcome.FROZEN);
        }
    }

    @Test
    void aSenderTakesNothingOver() {
        var sent = released();
        revocations.revoke(responder, whole(sent));
        var late = new Entry(Ids.next(), "2026-11-29T01:00:00Z", Entry.Kind.REVOKED, sent.delivery(), null, null, "SENDER", "person:x");
        replay.run(List.of(late));
        assertThat(revocations.restore(sender, whole(sent))).isEqualTo(Revocations.Outcome.FROZEN);
    }

    @Test
    void whatWasDestroyedOrCancelledIsSoAgain() {
        var destroyed = released();
        assertThat(leaves(destroyed)).contains(OutboxItem.Kind.LINKED);
        var held = mail.send(HANAKO, List.of(TARO), "y".getBytes());
        var gone = lost(Entry.Kind.SHREDDED, destroyed, null, null);
        var entries = List.of(gone, lost(Entry.Kind.CANCELLED, held, held.recipients().get(TARO), null),
            lost(Entry.Kind.CANCELLED, destroyed, destroyed.recipients().get(TARO), null));
        replay.run(entries);
        assertThat(view(destroyed).state()).isEqualTo(DeliveryState.SHREDDED);
        assertThat(view(destroyed).contradicted()).as("a copy that had left isn't called cancelled").isFalse();
        assertThat(events(destroyed, AuditType.FILE_SHREDDED)).singleElement().satisfies(event -> assertThat(event.id()).isEqualTo(gone.event()));
        assertThat(view(held).state()).isEqualTo(DeliveryState.CANCELLED);
        assertThat(view(held).contradicted()).isFalse();
        replay.run(entries);
        assertThat(events(destroyed, AuditType.FILE_SHREDDED)).hasSize(1);
        assertThat(events(held, AuditType.RECIPIENT_CANCELLED)).hasSize(1);
    }

    /** The other node's journal doesn't have it, and its timer came first. */
    @ParameterizedTest
    @ValueSource(strings = {"DUE", "PAUSED"})
    void aCancelledCopyThatAnotherNodeReleasedIsEndedAsLongAsNobodyHasBegunToSendIt(String state) {
        var sent = released();
        TestServers.asOwner("update outbox set state = '" + state + "' where kind = 'LINKED' and delivery_id = '" + sent.delivery() + "'");
        var entry = lost(Entry.Kind.CANCELLED, sent, sent.recipients().get(TARO), null);
        replay.run(List.of(entry));
        replay.run(List.of(entry));
        assertThat(leaves(sent)).as("the sender hears of it").doesNotContain(OutboxItem.Kind.LINKED).containsOnlyOnce(OutboxItem.Kind.DSN);
        assertThat(view(sent).state()).isEqualTo(DeliveryState.FAILED);
        assertThat(view(sent).contradicted()).as("the log has its release").isFalse();
        assertThat(events(sent, AuditType.COPY_FAILED)).singleElement().satisfies(event -> {
            assertThat(event.actor()).isEqualTo("journal");
            assertThat(event.details()).containsEntry("replayed", entry.at()).containsEntry("as", "responder").containsEntry("code", "550");
        });
        assertThat(TestServers.number("select count(*) from delivery where spool_kind <> 'GONE' and id = '" + sent.delivery() + "'")).as("its message").isZero();
    }

    @Test
    void aCancelledCopyOfWhichAnAttemptWasBegunIsLeftAlone() {
        leaves(released());
        var sent = released();
        var cancelled = List.of(lost(Entry.Kind.CANCELLED, sent, sent.recipients().get(TARO), null));
        var items = outbox.claim(1000, Mail.ONE_DESTINATION);
        assertThat(items).extracting(OutboxItem::kind).contains(OutboxItem.Kind.LINKED);
        replay.run(cancelled);
        items.forEach(item -> outbox.settle(item, item.rows().stream().<Settlement>map(row -> new Settlement.Later(row.id(), Settlement.Reply.ours("451 4.3.0 later"),
            clock.instant(), false, clock.instant())).toList()));
        replay.run(cancelled);
        assertThat(events(sent, AuditType.COPY_FAILED)).isEmpty();
        assertThat(leaves(sent)).contains(OutboxItem.Kind.LINKED);
    }

    @Test
    void whoeverClaimsACancelledCopyAtTheSameTimeHasItOrFindsItEnded() throws Exception {
        leaves(released());
        var all = Stream.generate(this::released).limit(30).toList();
        var cancelled = all.stream().map(sent -> lost(Entry.Kind.CANCELLED, sent, sent.recipients().get(TARO), null)).toList();
        try (var nodes = Executors.newVirtualThreadPerTaskExecutor()) {
            var ended = nodes.submit(() -> replay.run(cancelled));
            while (!ended.isDone()) {
                outbox.claim(1, Mail.ONE_DESTINATION).forEach(this::sent);
            }
            ended.get();
        }
        assertThat(all).allSatisfy(sent -> assertThat(events(sent, AuditType.COPY_FAILED).size() + events(sent, AuditType.COPY_RELAYED).size()).isEqualTo(1));
    }

    /** Whoever reads the log today knows the ids, and may record something under them after the restore. */
    @ParameterizedTest
    @EnumSource(value = Entry.Kind.class, names = {"REVOKED", "CANCELLED", "SHREDDED"})
    void anotherEventUnderTheSameIdIsNotWhatWasLostAndNothingIsServed(Entry.Kind kind) {
        var sent = kind == Entry.Kind.CANCELLED ? mail.send(HANAKO, List.of(TARO), "y".getBytes()) : released();
        var ofItsType = kind == Entry.Kind.REVOKED ? AuditType.ACCESS_REVOKED : kind == Entry.Kind.CANCELLED ? AuditType.RECIPIENT_CANCELLED : AuditType.FILE_SHREDDED;
        var entry = lost(kind, sent, kind == Entry.Kind.CANCELLED ? sent.recipients().get(TARO) : null, null);
        for (var planted : Map.of(AuditType.COPY_RELAYED, sent, ofItsType, released()).entrySet()) {
            TestServers.asOwner("insert into audit_event values ('%s', now(), '%s', '%s', '{}', '')".formatted(entry.event(), planted.getKey(), planted.getValue().delivery()));
            try {
                assertThatThrownBy(() -> replay.run(List.of(entry))).as("%s", planted.getKey()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(entry.event().toString()).hasMessageContaining("nothing may be served");
                assertThat(replay.happened(entry)).as("what was rolled back is taken back").contains(false);
            } finally {
                TestServers.asOwner("delete from audit_event where id = '" + entry.event() + "'");
            }
        }
        replay.run(List.of(entry));
        assertThat(events(sent, ofItsType)).as("once somebody has looked").hasSize(1);
    }

    @Test
    void aDeliveryThatTheBackupDoesNotHaveIsPassedOver() {
        replay.run(List.of(new Entry(Ids.next(), "2026-11-29T01:00:00Z", Entry.Kind.REVOKED, UUID.randomUUID(), null, null, "SENDER", "person:x")));
    }

    @Test
    void aFullDiskHindersNoRevocationAndIsTold() {
        var full = new Journal(() -> Optional.of(Path.of("/dev/full")), replay, transaction, Clock.systemUTC(), new SimpleMeterRegistry());
        full.revoked(Ids.next(), new Journal.Target(UUID.randomUUID(), null, null), "SENDER", "person:x");
        assertThat(full.trouble()).hasValueSatisfying(why -> assertThat(why).contains("No space left on device"));
        assertThat(new JournalWell(full).call().getStatus()).hasToString("DOWN");
        full.tick();
        assertThat(full.trouble()).isPresent();
    }

    @Test
    void aJournalThatIsMovedUnderTheProcessIsPutBackAndThatIsTold() throws IOException {
        var path = TestServers.folder.resolve("journal-that-is-moved");
        var moved = new Journal(() -> Optional.of(path), replay, transaction, Clock.systemUTC(), new SimpleMeterRegistry());
        var target = new Journal.Target(UUID.randomUUID(), null, null);
        moved.revoked(Ids.next(), target, "SENDER", "person:x");
        assertThat(new JournalWell(moved).call().getData().orElseThrow()).containsEntry("moved", 0L);
        Files.delete(path);
        Files.createDirectory(path);
        moved.tick();
        assertThat(moved.trouble()).isPresent();
        assertThat(new JournalWell(moved).call().getStatus()).hasToString("DOWN");
        moved.revoked(Ids.next(), target, "SENDER", "person:x");
        Files.delete(path);
        moved.tick();
        assertThat(moved.trouble()).isEmpty();
        assertThat(new JournalWell(moved).call().getData().orElseThrow()).containsEntry("moved", 1L);
        assertThat(Files.readAllLines(path)).hasSize(2).allMatch(line -> Entry.of(line).isPresent());
        Files.delete(path);
        moved.stop(new ShutdownEvent());
        assertThat(Files.readAllLines(path)).as("at the end, too").hasSize(2);
    }

    @Test
    void withoutAFileNothingIsWrittenAndThatIsTold() {
        var none = new Journal(Optional::empty, replay, transaction, Clock.systemUTC(), new SimpleMeterRegistry());
        none.revoked(Ids.next(), new Journal.Target(UUID.randomUUID(), null, null), "SENDER", "person:x");
        assertThat(none.trouble()).isEmpty();
        var told = new JournalWell(none).call();
        assertThat(told.getStatus()).hasToString("UP");
        assertThat(told.getData().orElseThrow()).containsEntry("kept", false);
    }
}
