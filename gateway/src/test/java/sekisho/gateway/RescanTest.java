package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Links;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView.Hold;
import sekisho.gateway.hold.Holds;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.policy.Examined;

/** What the scanner could not read when it came in is read later. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class RescanTest extends Scanned {

    @Test
    void whatIsFoundCleanLaterLeavesAtItsTime() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD);
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        assertThat(view(sent).files().getFirst().found().scan()).isEqualTo(Examined.Scan.CLEAN);
        assertThat(events(sent, AuditType.FILE_SCANNED)).singleElement().satisfies(e -> assertThat(e.details()).containsEntry("scan", "CLEAN"));
        timePasses(Duration.ofMinutes(1));
        assertThat(hold(sent, TARO)).as("the sender's five minutes still count").isEqualTo(Hold.HELD);
        timePasses(Duration.ofMinutes(5));
        assertThat(hold(sent, TARO)).isEqualTo(Hold.RELEASED);
        assertThat(mayDownload(sent, TARO, 0)).isTrue();
    }

    @Test
    void sendNowTakesEffectWhenTheScannerHasRead() {
        var sent = sendWhile(ScriptedClamd.Mood.DYING, List.of(TARO), GOOD);
        var hanako = mail.person(HANAKO, "sender");
        assertThat(holds.releaseNow(hanako, sent.delivery())).isEqualTo(new Holds.Outcome.Waiting(1));
        assertThat(holds.releaseNow(hanako, sent.delivery())).isEqualTo(new Holds.Outcome.Waiting(1));
        assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 100)).filteredOn(event -> event.type() == AuditType.HOLD_SHORTENED).as("who pressed it, once")
            .singleElement().satisfies(event -> {
                assertThat(event.actor()).isEqualTo("person:" + hanako.id());
                assertThat(event.recipient()).hasValue(sent.recipients().get(TARO));
            });
        rescans.run(opener, 100);
        timePasses(Duration.ZERO);
        assertThat(hold(sent, TARO)).isEqualTo(Hold.RELEASED);
    }

    @Test
    void aDeliveryWaitsForEachOfItsFiles() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD, GOOD);
        assertThat(rescans.run(opener, 1)).isEqualTo(1);
        timePasses(Duration.ofMinutes(20));
        assertThat(hold(sent, TARO)).isEqualTo(Hold.HELD);
        assertThat(rescans.run(opener, 1)).isEqualTo(1);
        timePasses(Duration.ZERO);
        assertThat(hold(sent, TARO)).isEqualTo(Hold.RELEASED);
    }

    @Test
    void anInsidersOriginalWaitsTooAndItsFilesGoOnceTheyAreRead() throws IOException {
        var before = objects();
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(ICHIRO), GOOD);
        assertThat(hold(sent, ICHIRO)).isEqualTo(Hold.HELD);
        assertThat(objects()).hasSize(before.size() + 1);
        rescans.run(opener, 100);
        timePasses(Duration.ZERO);
        assertThat(due(sent)).extracting(OutboxItem::kind).contains(OutboxItem.Kind.ORIGINAL);
        assertThat(view(sent).files()).singleElement().satisfies(f -> assertThat(f.shredded()).isTrue());
        assertThat(events(sent, AuditType.FILE_SHREDDED)).hasSize(1);
        shredder.run();
        shredder.remove();
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void malwareFoundLaterStopsWhatWaitedShutsTheFileForGoodAndTellsTheSender() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO, ICHIRO), BAD);
        due(sent);
        rescans.run(opener, 100);
        assertThat(view(sent).state()).isEqualTo(DeliveryState.CANCELLED);
        assertThat(view(sent).files().getFirst()).satisfies(file -> {
            assertThat(file.found().scan()).isEqualTo(Examined.Scan.INFECTED);
            assertThat(file.found().find()).isEqualTo(ScriptedClamd.FIND);
            assertThat(file.revoked()).isTrue();
            assertThat(file.frozen()).isTrue();
        });
        assertThat(events(sent, AuditType.FILE_SCANNED)).singleElement().satisfies(event ->
            assertThat(event.details()).containsKey("find").doesNotContainValue(ScriptedClamd.FIND));
        assertThat(due(sent)).singleElement().satisfies(item -> {
            assertThat(item.kind()).isEqualTo(OutboxItem.Kind.DSN);
            assertThat(item.rows()).hasSize(2).allSatisfy(row -> {
                assertThat(row.report().action()).isEqualTo(Report.Action.FAILED);
                assertThat(row.report().reply().text()).contains("5.7.1", ScriptedClamd.FIND);
            });
        });
        var responder = mail.person("r@example.co.jp", "responder");
        var target = new Revocations.Target(sent.delivery(), null, sent.files().getFirst());
        assertThat(revocations.restore(responder, target)).isEqualTo(Revocations.Outcome.FROZEN);
        assertThat(revocations.restore(mail.person(HANAKO, "sender"), target)).isEqualTo(Revocations.Outcome.FROZEN);
        timePasses(Duration.ofDays(1));
        assertThat(due(sent)).isEmpty();
    }

    /** RFC 3461 §4.1. */
    @Test
    void aSenderWhoWantsNoReportOfAFailureGetsNoneFromTheScannerEither() throws SQLException {
        var never = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), BAD);
        var failure = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), BAD);
        wants(never, "NEVER");
        wants(failure, "FAILURE,DELAY");
        outbox.claim(1000, Mail.ONE_DESTINATION);   // what tells of the holds
        rescans.run(opener, 100);
        assertThat(view(never).state()).isEqualTo(view(failure).state()).isEqualTo(DeliveryState.CANCELLED);
        assertThat(outbox.claim(1000, Mail.ONE_DESTINATION)).singleElement().satisfies(item -> {
            assertThat(item.delivery()).isEqualTo(failure.delivery());
            assertThat(item.report().action()).isEqualTo(Report.Action.FAILED);
        });
    }

    private static void wants(Mail.Sent sent, String notify) throws SQLException {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.owner());
             var update = connection.prepareStatement("update recipient set dsn_notify = ? where delivery_id = ?")) {
            update.setString(1, notify);
            update.setObject(2, sent.delivery());
            update.executeUpdate();
        }
    }

    @Test
    void wherePolicyLetsItGoTheFileIsShutWhenMalwareIsFoundLater() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TRUSTING), GOOD, BAD);
        assertThat(hold(sent, TRUSTING)).isEqualTo(Hold.RELEASED);
        assertThat(due(sent)).extracting(OutboxItem::kind).containsExactly(OutboxItem.Kind.LINKED);
        assertThat(mayDownload(sent, TRUSTING, 1)).isTrue();
        rescans.run(opener, 100);
        assertThat(mayDownload(sent, TRUSTING, 1)).isFalse();
        assertThat(mayDownload(sent, TRUSTING, 0)).as("the other one").isTrue();
        assertThat(due(sent)).singleElement().satisfies(item -> assertThat(item.report().action()).isEqualTo(Report.Action.WITHDRAWN));
        assertThat(rescans.run(opener, 100)).isZero();
    }

    @Test
    void aLinkWhoseFilesAllCarryMalwareSaysThatItNeverOpensAgain() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TRUSTING), BAD, BAD);
        var token = sent.tokens().get(TRUSTING);
        rescans.run(opener, 1);
        assertThat(links.landing(token).orElseThrow().state()).as("one of two").isEqualTo(Links.State.OPEN);
        var opening = (Links.Opening.Files) links.open(token, mail.person(TRUSTING));
        assertThat(opening.files()).extracting(Links.LinkFile::state).containsExactlyInAnyOrder(Links.State.BLOCKED, Links.State.OPEN);
        var whole = new Revocations.Target(sent.delivery(), null, null);
        var hanako = mail.person(HANAKO, "sender");
        assertThat(revocations.revoke(hanako, whole)).isEqualTo(Revocations.Outcome.DONE);
        assertThat(links.landing(token).orElseThrow()).satisfies(landing -> {
            assertThat(landing.state()).isEqualTo(Links.State.REVOKED);
            assertThat(landing.mayReopen()).as("the other file").isTrue();
        });
        rescans.run(opener, 1);
        assertBlocked(token, "though the sender shut it before");
        assertThat(revocations.restore(hanako, whole)).isEqualTo(Revocations.Outcome.DONE);
        assertBlocked(token, "though the sender took that back");
        timePasses(Duration.ofDays(400));
        assertBlocked(token, "though its time is over");
        shredder.run();
        shredder.remove();
        assertBlocked(token, "though its keys are gone");
        assertThat(links.open(token, mail.person(TRUSTING))).isInstanceOf(Links.Opening.Closed.class);
        assertThat(audit.refusals(sent.delivery(), 10)).singleElement().satisfies(refused -> assertThat(refused.reason()).isEqualTo("BLOCKED"));
    }

    private void assertBlocked(String token, String why) {
        assertThat(links.landing(token).orElseThrow()).as(why).satisfies(landing -> {
            assertThat(landing.state()).isEqualTo(Links.State.BLOCKED);
            assertThat(landing.mayReopen()).isFalse();
        });
    }

    @Test
    void aScannerThatStaysAwayIsAskedAgainLaterAndLaterAndThenTheSenderIsTold() {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD);
        due(sent);
        TestServers.clamd.is(ScriptedClamd.Mood.AWAY);
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        assertThat(rescans.run(opener, 100)).as("not at once").isZero();
        MovableClock.passes(Duration.ofSeconds(61));
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        MovableClock.passes(Duration.ofSeconds(61));
        assertThat(rescans.run(opener, 100)).as("twice as long").isZero();
        MovableClock.passes(Duration.ofDays(1));
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        assertThat(hold(sent, TARO)).isEqualTo(Hold.CANCELLED);
        assertThat(due(sent)).singleElement().satisfies(item -> assertThat(item.report().reply().text()).contains("could not be scanned"));
        MovableClock.passes(Duration.ofDays(1));
        assertThat(rescans.run(opener, 100)).as("given up").isZero();
    }

    /** As of another version, or of somebody who has taken a node over. */
    @Test
    void aFileIsScannedBesideOnesWhoseRowsCannotBeWorkedWith() {
        var full = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD);
        var stubborn = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD);
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD);
        TestServers.asOwner("""
            alter table file drop constraint file_scan_attempts;
            update file set scan_attempts = 2147483647, scan_due_at = '1970-01-01' where delivery_id = '%s';
            update file set scan_due_at = '1970-01-02' where delivery_id = '%2$s';
            create function refuses() returns trigger language plpgsql as 'begin raise exception ''no''; end';
            create trigger refuses before update on file for each row when (new.delivery_id = '%2$s') execute function refuses()""".formatted(full.delivery(), stubborn.delivery()));
        try {
            assertThat(rescans.run(opener, 100)).isEqualTo(3);
            for (var scanned : List.of(full, sent)) {
                assertThat(view(scanned).files().getFirst().found().scan()).isEqualTo(Examined.Scan.CLEAN);
            }
            assertThat(rescans.run(opener, 100)).as("put off").isZero();
        } finally {
            TestServers.asOwner("drop function refuses() cascade; alter table file add constraint file_scan_attempts check (scan_attempts between 0 and 1000000)");
        }
        MovableClock.passes(Duration.ofMinutes(1));
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        assertThat(view(stubborn).files().getFirst().found().scan()).isEqualTo(Examined.Scan.CLEAN);
    }

    @Test
    void aFileThatCanNotBeReadAnyMoreIsNotClean() throws IOException {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TARO), GOOD);
        vault.deleteFile(sent.files().getFirst());
        rescans.run(opener, 100);
        assertThat(view(sent).files().getFirst().found().scan()).isEqualTo(Examined.Scan.UNSCANNED);
        timePasses(Duration.ofHours(1));
        assertThat(hold(sent, TARO)).isEqualTo(Hold.HELD);
    }
}
