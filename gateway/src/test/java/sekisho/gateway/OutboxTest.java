package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.NewDelivery.Source;
import sekisho.gateway.outbox.Outbox;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Queue;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.outbox.Settlement;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class OutboxTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String AKI = "a@quick.example";
    private static final byte[] PDF = "a small document".getBytes();
    private static final Settlement.Reply BUSY = new Settlement.Reply("451 4.3.0 later", "hop.example:25", true);
    private static final Settlement.Reply SILENCE = new Settlement.Reply("451 4.4.2 no answer to the end of the message", "hop.example:25", false);

    @Inject
    Mail mail;
    @Inject
    Outbox outbox;
    @Inject
    Revocations revocations;
    @Inject
    DeliveryRecords records;
    @Inject
    AuditLog audit;
    @Inject
    Clock clock;

    @BeforeEach
    void drain() {
        for (var items = outbox.claim(1000, Mail.ONE_DESTINATION); !items.isEmpty(); items = outbox.claim(1000, Mail.ONE_DESTINATION)) {
            items.forEach(this::relayed);
        }
    }

    private void relayed(OutboxItem item) {
        outbox.settle(item, item.rows().stream().map(Mail::taken).toList());
    }

    private List<OutboxItem> due(Mail.Sent sent) {
        return outbox.claim(1000, Mail.ONE_DESTINATION).stream().filter(item -> item.delivery().equals(sent.delivery())).toList();
    }

    private OutboxItem onlyDue(Mail.Sent sent) {
        var items = due(sent);
        assertThat(items).hasSize(1);
        return items.getFirst();
    }

    private void settle(OutboxItem item, Settlement settlement) {
        outbox.settle(item, List.of(settlement));
    }

    private static UUID row(OutboxItem item) {
        return item.rows().getFirst().id();
    }

    private Instant soon() {
        return clock.instant().minusSeconds(1);
    }

    private List<AuditType> events(Mail.Sent sent) {
        return audit.ofDelivery(sent.delivery(), Optional.empty(), 1000).reversed().stream().map(AuditRecord::type).filter(type -> type.name().startsWith("COPY")).toList();
    }

    private DeliveryView.Relay relay(Mail.Sent sent) {
        return records.view(mail.person(HANAKO, "sender"), sent.delivery()).orElseThrow().recipients().getFirst().relay();
    }

    private static void change(String sql, Object... values) throws SQLException {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.owner()); var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    @Test
    void aPermanentRefusalBecomesOneDsnToTheSender() {
        var sent = mail.send(HANAKO, List.of(AKI), PDF);
        var copy = onlyDue(sent);
        var refusal = new Settlement.Failed(row(copy), new Settlement.Reply("550 5.1.1 no such user", "hop.example:25", true), "5.1.1");
        settle(copy, refusal);
        settle(copy, refusal);
        var dsn = onlyDue(sent);
        assertThat(dsn.kind()).isEqualTo(OutboxItem.Kind.DSN);
        assertThat(dsn.rows().getFirst().address()).hasToString(HANAKO);
        assertThat(dsn.rows().getFirst().about()).hasToString(AKI);
        assertThat(dsn.report()).isEqualTo(new Report(Report.Action.FAILED, refusal.reply(), "5.1.1", null));
        settle(dsn, new Settlement.Failed(row(dsn), refusal.reply(), "5.1.1"));
        assertThat(due(sent)).as("nobody reports about a report").isEmpty();
    }

    @Test
    void aTemporaryRefusalIsTriedAgainAtItsTime() {
        var sent = mail.send(HANAKO, List.of(AKI), PDF);
        var copy = onlyDue(sent);
        settle(copy, new Settlement.Later(row(copy), BUSY, clock.instant().plus(Duration.ofDays(365)), false, clock.instant()));
        assertThat(due(sent)).isEmpty();
    }

    @Test
    void aCopyWithoutAnswerIsSentOnceMoreAndThenCountsAsUnconfirmed() {
        var sent = mail.send(HANAKO, List.of(AKI), PDF);
        var first = onlyDue(sent);
        settle(first, new Settlement.Unanswered(row(first), SILENCE, soon()));
        assertThat(relay(sent)).isEqualTo(DeliveryView.Relay.QUEUED);
        var between = onlyDue(sent);
        settle(between, new Settlement.Later(row(between), BUSY, soon(), false, clock.instant()));
        var second = onlyDue(sent);
        settle(second, new Settlement.Unanswered(row(second), SILENCE, soon()));
        assertThat(relay(sent)).isEqualTo(DeliveryView.Relay.UNCONFIRMED);
        assertThat(events(sent)).containsExactly(AuditType.COPY_DEFERRED, AuditType.COPY_DEFERRED, AuditType.COPY_UNCONFIRMED);
        var told = onlyDue(sent);
        assertThat(told.report()).extracting(Report::action).isEqualTo(Report.Action.UNCONFIRMED);
        relayed(told);
        assertThat(due(sent)).isEmpty();
    }

    @Test
    void anUnansweredCopyThatIsTakenTheSecondTimeIsSent() {
        var sent = mail.send(HANAKO, List.of(AKI), PDF);
        var first = onlyDue(sent);
        settle(first, new Settlement.Unanswered(row(first), SILENCE, soon()));
        relayed(onlyDue(sent));
        assertThat(relay(sent)).isEqualTo(DeliveryView.Relay.SENT);
        assertThat(due(sent)).isEmpty();
    }

    /** A refusal may be of what is there already: "send it again" would double it. */
    @Test
    void anUnansweredCopyThatIsRefusedTheSecondTimeIsUnconfirmed() {
        var sent = mail.send(HANAKO, List.of(AKI), PDF);
        var first = onlyDue(sent);
        settle(first, new Settlement.Unanswered(row(first), SILENCE, soon()));
        var second = onlyDue(sent);
        settle(second, new Settlement.Failed(row(second), new Settlement.Reply("550 5.7.1 duplicate", "hop.example:25", true), "5.7.1"));
        assertThat(relay(sent)).isEqualTo(DeliveryView.Relay.UNCONFIRMED);
        assertThat(events(sent)).containsExactly(AuditType.COPY_DEFERRED, AuditType.COPY_UNCONFIRMED);
        assertThat(onlyDue(sent).report()).satisfies(told -> {
            assertThat(told.action()).isEqualTo(Report.Action.UNCONFIRMED);
            assertThat(told.reply().text()).contains("duplicate");
        });
    }

    @Test
    void anUnansweredCopyWithoutAnyTimeLeftIsUnconfirmedAtOnce() {
        var sent = mail.send(HANAKO, List.of(AKI), PDF);
        var copy = onlyDue(sent);
        settle(copy, new Settlement.Unanswered(row(copy), SILENCE, null));
        assertThat(relay(sent)).isEqualTo(DeliveryView.Relay.UNCONFIRMED);
    }

    /** This node was silent for a while, and another one took the row for lost; nobody has begun with it. */
    @Test
    void whatWasSentIsSentThoughNobodyHoldsItAnyMore() throws SQLException {
        var sent = mail.send(HANAKO, List.of(AKI), PDF);
        var copy = onlyDue(sent);
        change("update outbox set state = 'DUE', claimed_by = null where id = ?", row(copy));
        relayed(copy);
        assertThat(relay(sent)).isEqualTo(DeliveryView.Relay.SENT);
        assertThat(events(sent)).containsExactly(AuditType.COPY_RELAYED);
        assertThat(due(sent)).isEmpty();
    }

    @Test
    void whatWasSentIsSentThoughAnotherNodeTriesItOrAnOperatorHoldsIt() throws SQLException {
        for (var state : List.of("CLAIMED", "DUE", "PAUSED")) {
            var sent = mail.send(HANAKO, List.of(AKI), PDF);
            var copy = onlyDue(sent);
            change("update outbox set state = ?, claimed_by = ?, attempts = 2 where id = ?", state, state.equals("CLAIMED") ? UUID.randomUUID() : null, row(copy));
            relayed(copy);
            assertThat(relay(sent)).as(state).isEqualTo(DeliveryView.Relay.SENT);
        }
    }

    @Test
    void aNodeThatLostARowAndClaimsItAgainSendsItNoSecondTimeBesideTheFirst() throws SQLException {
        var sent = mail.send(HANAKO, List.of(AKI), PDF);
        var copy = onlyDue(sent);
        change("update outbox set state = 'DUE', claimed_by = null where id = ?", row(copy));
        assertThat(due(sent)).isEmpty();
        assertThat(outbox.takeBack()).as("it is the first attempt's again").isZero();
        settle(copy, new Settlement.Later(row(copy), BUSY, soon(), false, clock.instant()));
        assertThat(onlyDue(sent).attempt()).isEqualTo(2);
    }

    @Test
    void whatAnEarlierAttemptHeardDoesNotEndALaterOne() throws SQLException {
        var sent = mail.send(HANAKO, List.of(AKI), PDF);
        var first = onlyDue(sent);
        change("update outbox set attempts = 2 where id = ?", row(first));
        settle(first, new Settlement.Failed(row(first), new Settlement.Reply("550 5.1.1 no such user", "hop.example:25", true), "5.1.1"));
        settle(first, new Settlement.Later(row(first), BUSY, soon(), false, clock.instant()));
        assertThat(relay(sent)).isEqualTo(DeliveryView.Relay.QUEUED);
        assertThat(events(sent)).isEmpty();
        assertThat(due(sent)).as("the second is under way").isEmpty();
        assertThat(outbox.takeBack()).as("in nobody's hand here").isEqualTo(1);
        assertThat(onlyDue(sent).attempt()).isEqualTo(3);
    }

    /** What another node hears of its attempt may be of the copy that ours has brought. */
    @Test
    void thatACopyMayHaveArrivedIsRememberedThoughAnotherNodeHasIt() throws SQLException {
        var sent = mail.send(HANAKO, List.of(AKI), PDF);
        var copy = onlyDue(sent);
        change("update outbox set claimed_by = ?, attempts = 2 where id = ?", UUID.randomUUID(), row(copy));
        settle(copy, new Settlement.Unanswered(row(copy), SILENCE, soon()));
        assertThat(relay(sent)).isEqualTo(DeliveryView.Relay.QUEUED);
        change("update outbox set claimed_by = ?, attempts = 1 where id = ?", copy.claim(), row(copy));
        settle(copy, new Settlement.Failed(row(copy), new Settlement.Reply("550 5.7.1 duplicate", "hop.example:25", true), "5.7.1"));
        assertThat(relay(sent)).isEqualTo(DeliveryView.Relay.UNCONFIRMED);
    }

    /** "Send it again" would double what may have arrived. */
    @Test
    void anUnansweredCopyThatAnOperatorDeletesIsUnconfirmed() throws SQLException {
        for (boolean unanswered : new boolean[] {true, false}) {
            var sent = mail.send(HANAKO, List.of(AKI), PDF);
            var copy = onlyDue(sent);
            var later = clock.instant().plus(Duration.ofDays(365));
            settle(copy, unanswered ? new Settlement.Unanswered(row(copy), SILENCE, later) : new Settlement.Later(row(copy), BUSY, later, false, later));
            try (var connection = TestServers.postgres.connect(TestServers.postgres.owner())) {
                assertThat(new Queue(connection, Clock.systemUTC(), "operator").delete(row(copy), true)).isTrue();
            }
            assertThat(relay(sent)).isEqualTo(unanswered ? DeliveryView.Relay.UNCONFIRMED : DeliveryView.Relay.FAILED);
            assertThat(onlyDue(sent).report()).satisfies(told -> {
                assertThat(told.action()).isEqualTo(unanswered ? Report.Action.UNCONFIRMED : Report.Action.FAILED);
                assertThat(told.reply().text()).contains("removed from the queue");
            });
        }
    }

    @Test
    void ofThreeRecipientsOneIsDeliveredOneTriedAgainAndOneReported() {
        var sent = mail.send(HANAKO, List.of("a@x.example", "b@x.example", "c@x.example"));
        var item = onlyDue(sent);
        var later = clock.instant().plus(Duration.ofDays(365));
        outbox.settle(item, item.rows().stream().<Settlement>map(each -> switch (each.address().toString()) {
            case "a@x.example" -> Mail.taken(each);
            case "b@x.example" -> new Settlement.Later(each.id(), BUSY, later, false, later);
            default -> new Settlement.Failed(each.id(), new Settlement.Reply("550 5.1.1 no such user", "hop.example:25", true), "5.1.1");
        }).toList());
        assertThat(records.view(mail.person(HANAKO, "sender"), sent.delivery()).orElseThrow().recipients()).extracting(DeliveryView.RecipientView::relay)
            .containsExactlyInAnyOrder(DeliveryView.Relay.SENT, DeliveryView.Relay.QUEUED, DeliveryView.Relay.FAILED);
        assertThat(due(sent)).singleElement().satisfies(dsn -> {
            assertThat(dsn.kind()).isEqualTo(OutboxItem.Kind.DSN);
            assertThat(dsn.rows().getFirst().about()).hasToString("c@x.example");
        });
        assertThat(events(sent)).containsExactlyInAnyOrder(AuditType.COPY_RELAYED, AuditType.COPY_DEFERRED, AuditType.COPY_FAILED);
    }

    /** As when a smart host was away: a copy with a link each, and each fails at its own time. */
    @Test
    void reportsThatWaitTogetherGoToTheirSenderAsOne() {
        var sent = mail.send(HANAKO, List.of(AKI, "b@quick.example", "c@quick.example", "d@quick.example"), PDF);
        var copies = due(sent);
        assertThat(copies).hasSize(4);
        var until = clock.instant().plus(Duration.ofDays(365));
        for (var copy : copies.subList(0, 2)) {
            settle(copy, new Settlement.Failed(row(copy), new Settlement.Reply("550 5.1.1 no such user", "hop.example:25", true), "5.1.1"));
        }
        for (var copy : copies.subList(2, 4)) {
            settle(copy, new Settlement.Later(row(copy), BUSY, until, true, until));
        }
        var reports = due(sent);
        assertThat(reports).hasSize(2).extracting(item -> item.report().action()).containsExactlyInAnyOrder(Report.Action.FAILED, Report.Action.DELAYED);
        for (var report : reports) {
            assertThat(report.rows()).extracting(each -> each.about().toString()).containsExactlyElementsOf(copies.stream()
                .filter(copy -> copies.indexOf(copy) < 2 == (report.report().action() == Report.Action.FAILED)).map(copy -> copy.rows().getFirst().address().toString()).toList());
            assertThat(report.rows()).allSatisfy(each -> assertThat(each.report().action()).isEqualTo(report.report().action()));
            outbox.settle(report, report.rows().stream().<Settlement>map(each -> new Settlement.Later(each.id(), BUSY, soon(), false, until)).toList());
        }
        assertThat(due(sent)).as("tried again together").hasSize(2).allSatisfy(report -> {
            assertThat(report.rows()).hasSize(2);
            relayed(report);
        });
        assertThat(due(sent)).isEmpty();
    }

    @Test
    void aBounceIsNeitherHeldForLongNorAnsweredWithAnother() {
        var bounce = mail.send("", List.of(AKI));
        var copy = onlyDue(bounce);
        assertThat(copy.sender()).isEmpty();
        settle(copy, new Settlement.Failed(row(copy), new Settlement.Reply("550 5.1.1 no such user", "hop.example:25", true), "5.1.1"));
        assertThat(due(bounce)).as("no report").isEmpty();
        assertThat(events(bounce)).containsExactly(AuditType.COPY_FAILED);
    }

    @Test
    void aDelayIsReportedOnceAndOnlyToWhoWantsToHearIt() {
        var until = Instant.parse("2026-11-27T03:04:05Z");
        for (String notify : new String[] {null, "DELAY,FAILURE"}) {
            var sent = mail.send(Source.MAIL, HANAKO, List.of(AKI), notify, PDF);
            var first = onlyDue(sent);
            settle(first, new Settlement.Later(row(first), BUSY, soon(), false, until));
            var second = onlyDue(sent);
            settle(second, new Settlement.Later(row(second), BUSY, soon(), true, until));
            var items = due(sent);
            assertThat(items).hasSize(2);
            var warning = items.stream().filter(item -> item.kind() == OutboxItem.Kind.DSN).findFirst().orElseThrow();
            assertThat(warning.report()).isEqualTo(new Report(Report.Action.DELAYED, BUSY, "4.0.0", until));
            relayed(warning);
            var third = items.stream().filter(item -> item != warning).findFirst().orElseThrow();
            settle(third, new Settlement.Later(row(third), BUSY, soon(), true, until));
            assertThat(due(sent)).as("once").extracting(OutboxItem::kind).containsExactly(OutboxItem.Kind.LINKED);
        }
        for (String notify : List.of("NEVER", "FAILURE", "SUCCESS,FAILURE")) {
            var sent = mail.send(Source.MAIL, HANAKO, List.of(AKI), notify, PDF);
            var copy = onlyDue(sent);
            settle(copy, new Settlement.Later(row(copy), BUSY, soon(), true, until));
            assertThat(due(sent)).as(notify).extracting(OutboxItem::kind).containsExactly(OutboxItem.Kind.LINKED);
        }
        var bounce = mail.send("", List.of(AKI), PDF);
        var copy = onlyDue(bounce);
        settle(copy, new Settlement.Later(row(copy), BUSY, soon(), true, until));
        assertThat(due(bounce)).as("null reverse-path").extracting(OutboxItem::kind).containsExactly(OutboxItem.Kind.LINKED);
    }

    @Test
    void whoAskedForSuccessHearsItFromUsWhenTheNextHopDoesNotReport() {
        var reply = new Settlement.Reply("250 2.0.0 ok", "hop.example:25", true);
        for (boolean handedOn : new boolean[] {true, false}) {
            for (String notify : new String[] {null, "SUCCESS,DELAY", "FAILURE"}) {
                var sent = mail.send(Source.MAIL, HANAKO, List.of(AKI), notify, PDF);
                var copy = onlyDue(sent);
                settle(copy, new Settlement.Sent(row(copy), reply, handedOn));
                var told = due(sent);
                if (!handedOn && "SUCCESS,DELAY".equals(notify)) {
                    assertThat(told).singleElement().satisfies(dsn -> assertThat(dsn.report()).isEqualTo(new Report(Report.Action.RELAYED, reply, "2.0.0", null)));
                    relayed(told.getFirst());
                } else {
                    assertThat(told).isEmpty();
                }
            }
        }
    }

    @Test
    void aRowFromWhichNothingCanBeMadeIsSetAsideAndOthersGo() throws SQLException {
        var gone = mail.send(HANAKO, List.of(AKI), PDF);
        change("update delivery set spool_kind = 'GONE', spool_wrap = null, spool_inline = null where id = ?", gone.delivery());
        var half = mail.send(HANAKO, List.of("b@other.example", "c@other.example"));
        change("update recipient set address_given = 'nobody' where id = ?", half.recipients().get("b@other.example"));
        var empty = mail.send(HANAKO, List.of(AKI), PDF);
        change("update delivery set spool_wrap = null where id = ?", empty.delivery());
        var good = mail.send(HANAKO, List.of(AKI), PDF);

        var claimed = outbox.claim(1000, Mail.ONE_DESTINATION);
        assertThat(claimed).extracting(OutboxItem::delivery).containsExactly(half.delivery(), good.delivery());
        assertThat(claimed.getFirst().rows()).extracting(r -> r.address().toString()).containsExactly("c@other.example");
        assertThat(relay(gone)).isEqualTo(DeliveryView.Relay.FAILED);
        var reports = outbox.claim(1000, Mail.ONE_DESTINATION);
        for (var broken : List.of(gone, empty)) {
            assertThat(events(broken)).containsExactly(AuditType.COPY_FAILED);
            assertThat(reports).filteredOn(item -> item.delivery().equals(broken.delivery())).singleElement().satisfies(dsn -> {
                assertThat(dsn.kind()).isEqualTo(OutboxItem.Kind.DSN);
                assertThat(dsn.spool()).isNull();
                assertThat(dsn.report()).satisfies(report -> assertThat(report.reply().saidByRemote()).isFalse());
            });
        }
        assertThat(events(half)).as("a report would name the address").containsExactly(AuditType.COPY_FAILED, AuditType.COPY_FAILED);
        assertThat(outbox.claim(1000, Mail.ONE_DESTINATION)).isEmpty();
        change("update recipient set address_given = address where id = ?", half.recipients().get("b@other.example"));
    }

    @Test
    void aWaitingCopyOfARevokedDeliveryKeepsItsLinkAndTellsNoName() {
        var sent = mail.send(HANAKO, List.of(AKI, "b@quick.example"), PDF, PDF);
        revocations.revoke(mail.person(HANAKO, "sender"), new Revocations.Target(sent.delivery(), sent.recipients().get(AKI), sent.files().get(0)));
        var copies = due(sent);
        assertThat(copies).filteredOn(item -> item.rows().getFirst().address().toString().equals(AKI)).singleElement()
            .satisfies(item -> assertThat(item.files()).extracting(OutboxItem.FileLine::open).containsExactly(false, true));
        assertThat(copies).filteredOn(item -> !item.rows().getFirst().address().toString().equals(AKI)).singleElement()
            .satisfies(item -> assertThat(item.files()).extracting(OutboxItem.FileLine::open).containsExactly(true, true));
        copies.forEach(item -> settle(item, new Settlement.Later(row(item), BUSY, soon(), false, clock.instant())));
        revocations.revoke(mail.person(HANAKO, "sender"), new Revocations.Target(sent.delivery(), null, null));
        assertThat(due(sent)).hasSize(2).allSatisfy(item -> {
            assertThat(item.kind()).isEqualTo(OutboxItem.Kind.LINKED);
            assertThat(item.files()).extracting(OutboxItem.FileLine::open).containsExactly(false, false);
            assertThat(item.rows().getFirst().expiresAt()).isNotNull();
        });
    }

    @Test
    void aMessageFromThePortalGoesToEachRecipientByItselfAndKeepsItsMessageId() {
        var sent = mail.send(Source.PORTAL, HANAKO, List.of(AKI, "b@quick.example"), null);
        assertThat(due(sent)).hasSize(2).allSatisfy(item -> {
            assertThat(item.kind()).isEqualTo(OutboxItem.Kind.ORIGINAL);
            assertThat(item.rows()).hasSize(1);
            assertThat(item.messageId()).isEqualTo("<" + sent.delivery() + "@example.co.jp>");
        });
    }

    @Test
    void whatWasClaimedWithoutTheNodeKnowingIsDueAgain() throws SQLException {
        var lost = mail.send(HANAKO, List.of(AKI), PDF);
        var known = mail.send(HANAKO, List.of(AKI), PDF);
        var items = outbox.claim(1000, Mail.ONE_DESTINATION);
        items.stream().filter(item -> item.delivery().equals(lost.delivery()))
            .forEach(item -> settle(item, new Settlement.Later(row(item), BUSY, clock.instant().plus(Duration.ofDays(365)), false, clock.instant())));
        change("update outbox set state = 'CLAIMED', claimed_by = ?, due_at = now() where delivery_id = ?", items.getFirst().claim(), lost.delivery());
        assertThat(outbox.takeBack()).isEqualTo(1);
        assertThat(due(lost)).hasSize(1);
        assertThat(outbox.takeBack()).isZero();
        items.stream().filter(item -> item.delivery().equals(known.delivery())).forEach(this::relayed);
        assertThat(relay(known)).isEqualTo(DeliveryView.Relay.SENT);
    }

    @Test
    void theSpoolGoesAlsoWhenTheLastTwoCopiesAreSettledAtOnce() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 50; round++) {
                var sent = mail.send(HANAKO, List.of(AKI, "b@quick.example"), PDF);
                var items = due(sent);
                assertThat(items).hasSize(2);
                var start = new CyclicBarrier(2);
                var settled = items.stream().map(item -> threads.submit(() -> {
                    start.await();
                    relayed(item);
                    return item;
                })).toList();
                for (var each : settled) {
                    each.get();
                }
                assertThat(spoolKind(sent)).as("round " + round).isEqualTo("GONE");
            }
        }
    }

    private static String spoolKind(Mail.Sent sent) throws SQLException {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.owner());
                var statement = connection.prepareStatement("select spool_kind from delivery where id = ?")) {
            statement.setObject(1, sent.delivery());
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }
}
