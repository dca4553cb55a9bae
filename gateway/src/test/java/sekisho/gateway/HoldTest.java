package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.hibernate.Session;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.InMail;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Settlement;
import sekisho.gateway.policy.Objection;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class HoldTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String TARO = "taro@partner.example";
    private static final String JIRO = "jiro@other.example";
    private static final byte[] PDF = "a small document".getBytes();

    @Inject
    Mail mail;
    @Inject
    Holds holds;
    @Inject
    Outbox outbox;
    @Inject
    DeliveryRecords records;
    @Inject
    Session entities;

    @Inject
    MeterRegistry metrics;

    @BeforeEach
    void drain() {
        for (var items = outbox.claim(1000, Mail.ONE_DESTINATION); !items.isEmpty(); items = outbox.claim(1000, Mail.ONE_DESTINATION)) {
            items.forEach(this::relayed);
        }
    }

    private void relayed(OutboxItem item) {
        outbox.settle(item, item.rows().stream().<Settlement>map(row -> Mail.taken(row)).toList());
    }

    private List<OutboxItem> due(Mail.Sent sent) {
        return outbox.claim(1000, Mail.ONE_DESTINATION).stream().filter(item -> item.delivery().equals(sent.delivery())).toList();
    }

    private double released(String by) {
        return metrics.counter("sekisho.released", "by", by).count();
    }

    @Test
    void everyReleaseIsCountedWhoeverMadeIt() {
        ((CompositeMeterRegistry) metrics).add(new SimpleMeterRegistry());    // here nobody collects them
        double atOnce = released("intake");
        double bySender = released("sender");
        double byTime = released("time");
        double held = metrics.counter("sekisho.intake.held").count();
        var sent = mail.send(HANAKO, List.of(TARO, "ichiro@example.co.jp"), PDF);
        assertThat(released("intake") - atOnce).isEqualTo(1);
        assertThat(metrics.counter("sekisho.intake.held").count() - held).isEqualTo(1);
        holds.releaseNow(mail.person(HANAKO, "sender"), sent.delivery());
        assertThat(released("sender") - bySender).isEqualTo(1);
        mail.send(HANAKO, List.of(TARO), PDF);
        MovableClock.passes(Duration.ofDays(1));
        while (holds.releaseDue(100) > 0) {
            // what other tests left too
        }
        assertThat(released("time") - byTime).isGreaterThanOrEqualTo(1);
    }

    @Test
    void aMessageWithAttachmentsIsHeldForOutsidersOnlyAndTheSenderIsTold() {
        var sent = mail.send(HANAKO, List.of(TARO, "ichiro@example.co.jp"), PDF);
        assertThat(sent.intake()).isInstanceOfSatisfying(Intake.Accepted.class, a -> assertThat(a.heldUntil()).isPresent());
        var items = due(sent);
        assertThat(items).extracting(OutboxItem::kind).containsExactlyInAnyOrder(OutboxItem.Kind.NOTICE, OutboxItem.Kind.ORIGINAL);
        assertThat(items).filteredOn(i -> i.kind() == OutboxItem.Kind.NOTICE).first()
            .satisfies(notice -> assertThat(notice.held()).extracting(OutboxItem.HeldLine::address).containsExactly(TARO));
        items.forEach(this::relayed);
        MovableClock.passes(Duration.ofMinutes(4));
        holds.releaseDue(100);
        assertThat(due(sent)).isEmpty();
        MovableClock.passes(Duration.ofMinutes(2));
        holds.releaseDue(100);
        assertThat(due(sent)).singleElement().satisfies(item -> {
            assertThat(item.kind()).isEqualTo(OutboxItem.Kind.LINKED);
            assertThat(item.rows()).singleElement().satisfies(row -> assertThat(row.address()).hasToString(TARO));
            assertThat(item.files()).extracting(OutboxItem.FileLine::open).containsExactly(true);
        });
    }

    @Test
    void attachmentsThatLeaveInTheMailItselfAreCountedWhereverItsSenderLooks() {
        var sender = "counting@example.co.jp";
        var sent = mail.send(sender, List.of("saburo@waits.example"), PDF, PDF);
        var two = new InMail(true, 2, 2L * PDF.length);
        assertThat(records.heldOf(mail.person(sender, "sender"), 2)).singleElement().satisfies(held -> {
            assertThat(held.files()).isZero();
            assertThat(held.inMail()).isEqualTo(two);
        });
        assertThat(records.view(mail.person(sender, "sender"), sent.delivery()).orElseThrow()).satisfies(view -> {
            assertThat(view.files()).isEmpty();
            assertThat(view.inMail()).isEqualTo(two);
            assertThat(view.contradicted()).isFalse();
        });
        assertThat(due(sent)).singleElement().satisfies(notice -> {
            assertThat(notice.kind()).isEqualTo(OutboxItem.Kind.NOTICE);
            assertThat(notice.inMail()).isEqualTo(two);
        });
        var linked = mail.send(sender, List.of("saburo@waits.example", TARO), PDF);
        assertThat(records.view(mail.person(sender, "sender"), linked.delivery()).orElseThrow()).satisfies(view -> {
            assertThat(view.files()).as("kept for whom gets a link, and told by its name").hasSize(1);
            assertThat(view.inMail()).isEqualTo(InMail.NONE);
        });
        assertThat(due(linked)).singleElement().satisfies(notice -> assertThat(notice.inMail()).isEqualTo(InMail.NONE));
    }

    @Test
    void ofADeliveryFromBeforeAttachmentsInTheMailWereCountedItIsKnownThatThereAreSome() {
        var sender = "before@example.co.jp";
        var sent = mail.send(sender, List.of("saburo@waits.example"), PDF);
        TestServers.asOwner("update delivery set in_mail = null, in_mail_octets = null where id = '" + sent.delivery() + "'");
        var some = new InMail(true, 0, 0);
        assertThat(records.heldOf(mail.person(sender, "sender"), 2)).singleElement().satisfies(held -> assertThat(held.inMail()).isEqualTo(some));
        assertThat(due(sent)).singleElement().satisfies(notice -> assertThat(notice.inMail()).isEqualTo(some));
    }

    @Test
    void nobodyIsToldThatAnAutomaticMessageOrOneWithoutASenderIsHeld() {
        var automatic = mail.send(NewDelivery.Source.MAIL, HANAKO, List.of(TARO), null, true, PDF);
        var report = mail.send(NewDelivery.Source.MAIL, "", List.of(TARO), null, PDF);
        for (var sent : List.of(automatic, report)) {
            assertThat(due(sent)).extracting(OutboxItem::kind).doesNotContain(OutboxItem.Kind.NOTICE);
        }
        assertThat(automatic.intake()).isInstanceOfSatisfying(Intake.Accepted.class, a -> assertThat(a.heldUntil()).as("held all the same").isPresent());
    }

    @Test
    void whomARuleHoldsWithoutNoticeNobodyIsToldOfWhoeverElseGetsTheMessage() {
        assertThat(due(mail.send(HANAKO, List.of("x@quiet.example"), PDF))).isEmpty();
        assertThat(due(mail.send(HANAKO, List.of("x@quiet.example", "ichiro@example.co.jp"), PDF))).extracting(OutboxItem::kind)
            .containsExactly(OutboxItem.Kind.ORIGINAL);
        assertThat(due(mail.send(HANAKO, List.of("x@quiet.example", TARO), PDF))).singleElement().satisfies(notice -> {
            assertThat(notice.kind()).isEqualTo(OutboxItem.Kind.NOTICE);
            assertThat(notice.held()).extracting(OutboxItem.HeldLine::address).containsExactly(TARO, "x@quiet.example");
        });
    }

    /** A list shows five: the one outside must be among them. */
    @Test
    void whoIsOutsideStandsFirstInTheListAndInTheNotice() {
        var sender = "secretary@example.co.jp";
        var board = List.of("aoi@example.co.jp", "bunta@example.co.jp", "chie@example.co.jp", "daiki@example.co.jp", "emi@example.co.jp");
        var everybody = new ArrayList<>(board);
        everybody.add(TARO);
        var sent = mail.send(sender, everybody, PDF);
        assertThat(records.heldOf(mail.person(sender, "sender"), 1)).singleElement().satisfies(held ->
            assertThat(held.recipients()).containsExactly(TARO, board.get(0), board.get(1), board.get(2), board.get(3)));
        everybody.addFirst(everybody.removeLast());
        assertThat(due(sent)).singleElement().satisfies(notice ->
            assertThat(notice.held()).extracting(OutboxItem.HeldLine::address).isEqualTo(everybody));
    }

    @Test
    void ofMoreThanAListHoldsTheNextToLeaveAreOnIt() {
        var sender = "busy@example.co.jp";
        var first = mail.send(sender, List.of(TARO), PDF);
        MovableClock.passes(Duration.ofMinutes(1));
        var second = mail.send(sender, List.of(TARO), PDF);
        mail.send(sender, List.of(TARO), PDF);
        assertThat(records.heldOf(mail.person(sender, "sender"), 2)).extracting(DeliveryView.Summary::id)
            .containsExactly(first.delivery(), second.delivery());
        assertThat(records.sentBy(mail.person(sender, "sender"), java.util.Optional.of(second.delivery()), 2)).extracting(DeliveryView.Summary::id)
            .containsExactly(first.delivery());
    }

    @Test
    void aMessageWithoutAttachmentsLeavesAtOnceAndUnchanged() {
        var sent = mail.send(HANAKO, List.of(TARO, JIRO));
        assertThat(due(sent)).singleElement().satisfies(item -> {
            assertThat(item.kind()).isEqualTo(OutboxItem.Kind.ORIGINAL);
            assertThat(item.rows()).hasSize(2);
        });
    }

    @Test
    void aRuleThatRefusesKeepsNothing() {
        var sent = mail.send(HANAKO, List.of(TARO, "spy@rival.example"), PDF);
        assertThat(sent.intake()).isEqualTo(new Intake.Refused("competitors", Objection.ATTACHMENTS, ""));
        assertThat(records.view(mail.person("r@example.co.jp", "responder"), sent.delivery())).isEmpty();
    }

    @Test
    void aDeliveryCancelledDuringTheHoldIsNeverRelayed() {
        var sent = mail.send(HANAKO, List.of(TARO, JIRO), PDF);
        due(sent).forEach(this::relayed);
        var hanako = mail.person(HANAKO, "sender");
        assertThat(holds.cancelFor(hanako, sent.delivery(), sent.recipients().get(JIRO))).isEqualTo(new Holds.Outcome.Done(1));
        MovableClock.passes(Duration.ofMinutes(6));
        holds.releaseDue(100);
        var item = due(sent);
        assertThat(item).singleElement().satisfies(i -> assertThat(i.rows()).extracting(r -> r.address().toString()).containsExactly(TARO));
        item.forEach(this::relayed);
        assertThat(holds.cancel(hanako, sent.delivery())).isEqualTo(new Holds.Outcome.TooLate());
        var view = records.view(hanako, sent.delivery()).orElseThrow();
        assertThat(view.recipients()).extracting(DeliveryView.RecipientView::hold)
            .containsExactlyInAnyOrder(DeliveryView.Hold.CANCELLED, DeliveryView.Hold.RELEASED);
    }

    @Test
    void cancellingForAllLeavesNothingToRelay() {
        var sent = mail.send(HANAKO, List.of(TARO, JIRO), PDF);
        due(sent).forEach(this::relayed);
        assertThat(holds.cancel(mail.person(HANAKO, "sender"), sent.delivery())).isEqualTo(new Holds.Outcome.Done(2));
        MovableClock.passes(Duration.ofHours(1));
        holds.releaseDue(100);
        assertThat(due(sent)).isEmpty();
        assertThat(records.sentBy(mail.person(HANAKO, "sender"), Mail.any(), 500))
            .anySatisfy(s -> {
                assertThat(s.id()).isEqualTo(sent.delivery());
                assertThat(s.state()).isEqualTo(DeliveryState.CANCELLED);
            });
    }

    @Test
    void nobodyButTheSenderOrAResponderMayCancel() {
        var sent = mail.send(HANAKO, List.of(TARO), PDF);
        assertThat(holds.cancel(mail.person("ichiro@example.co.jp", "sender"), sent.delivery())).isEqualTo(new Holds.Outcome.NotFound());
        assertThat(holds.cancel(mail.person(TARO), sent.delivery())).isEqualTo(new Holds.Outcome.NotFound());
        assertThat(holds.cancel(mail.person(HANAKO), sent.delivery())).as("without the role").isEqualTo(new Holds.Outcome.NotFound());
        assertThat(holds.cancel(mail.unverified(HANAKO), sent.delivery())).isEqualTo(new Holds.Outcome.NotFound());
        assertThat(holds.releaseNow(mail.person("r@example.co.jp", "responder"), sent.delivery())).isEqualTo(new Holds.Outcome.NotFound());
        assertThat(holds.cancel(mail.person("r@example.co.jp", "responder"), sent.delivery())).isEqualTo(new Holds.Outcome.Done(1));
    }

    @Test
    void sendNowReleasesOnce() {
        var sent = mail.send(HANAKO, List.of(TARO), PDF);
        var hanako = mail.person(HANAKO, "sender");
        assertThat(holds.releaseNow(hanako, sent.delivery())).isEqualTo(new Holds.Outcome.Done(1));
        assertThat(holds.releaseNow(hanako, sent.delivery())).isEqualTo(new Holds.Outcome.TooLate());
        assertThat(due(sent)).filteredOn(i -> i.kind() == OutboxItem.Kind.LINKED).hasSize(1);
    }

    /** Who cancels meets the sender's "send now" in one round, and the time that runs out in the next. */
    @Test
    void cancelAgainstReleaseNeverBothWin() throws Exception {
        var hanako = mail.person(HANAKO, "sender");
        try (var threads = Executors.newFixedThreadPool(2)) {
            var wrong = new ArrayList<String>();
            int[] cancelWins = new int[2];
            for (int i = 0; i < 1000; i++) {
                boolean byTime = i % 2 == 1;
                var sent = mail.send(HANAKO, List.of("a@slow.example"));
                if (byTime) {
                    MovableClock.passes(Duration.ofDays(1));
                }
                var start = new CyclicBarrier(2);
                var cancel = threads.submit(() -> {
                    start.await();
                    return won(holds.cancel(hanako, sent.delivery()));
                });
                var release = threads.submit(() -> {
                    start.await();
                    return byTime ? holds.releaseDue(100) > 0 : won(holds.releaseNow(hanako, sent.delivery()));
                });
                boolean cancelled = cancel.get();
                release.get();
                long copies = copies(sent.delivery());
                if (copies != (cancelled ? 0 : 1) || !byTime && release.get() == cancelled) {
                    wrong.add("round " + i + ": cancelled " + cancelled + ", released " + release.get() + ", copies " + copies);
                }
                cancelWins[i % 2] += cancelled ? 1 : 0;
            }
            assertThat(wrong).isEmpty();
            assertThat(cancelWins[0]).as("the race with the sender was one").isBetween(1, 499);
            assertThat(cancelWins[1]).as("the race with time was one").isBetween(1, 499);
        }
    }

    private long copies(UUID delivery) {
        return QuarkusTransaction.requiringNew().call(() -> entities.createNativeQuery(
            "select count(*) from outbox where delivery_id = :delivery and kind in ('LINKED', 'ORIGINAL')", Long.class)
            .setParameter("delivery", delivery).getSingleResult());
    }

    private static boolean won(Holds.Outcome outcome) throws ExecutionException {
        return switch (outcome) {
            case Holds.Outcome.Done(var recipients) -> recipients == 1;
            case Holds.Outcome.TooLate(), Holds.Outcome.Waiting(_), Holds.Outcome.Revoked() -> false;
            case Holds.Outcome.NotFound() -> throw new ExecutionException(new AssertionError("not found"));
        };
    }
}
