package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Destruction;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Report;
import sekisho.gateway.outbox.Settlement;

/** What scanners and next hops say of a file goes with it. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class ErasedRepliesTest extends Scanned {

    private static final String NAME = "file-0.bin";
    private static final String WORDS = "looks odd to us";

    @Inject
    Destruction destruction;
    @Inject
    Clock clock;

    private void shred(Mail.Sent sent) {
        var responder = mail.person("r@example.co.jp", "responder");
        revocations.revoke(responder, new Revocations.Target(sent.delivery(), null, null));
        assertThat(destruction.destroy(responder, sent.delivery())).isEqualTo(Destruction.Outcome.DONE);
    }

    /** Every row that has to do with a delivery. */
    private static String rows(Mail.Sent sent) throws SQLException {
        var said = new StringBuilder();
        try (var connection = TestServers.connectAsOwner(); var statement = connection.createStatement()) {
            var tables = new ArrayList<String>();
            try (var rows = statement.executeQuery("select quote_ident(tablename) from pg_tables where schemaname = current_schema()")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            for (var table : tables) {
                try (var rows = statement.executeQuery("select t::text from %s t where t::text like '%%%s%%'".formatted(table, sent.delivery()))) {
                    while (rows.next()) {
                        said.append(table).append(' ').append(rows.getString(1)).append('\n');
                    }
                }
            }
        }
        return said.toString();
    }

    private static void assertNothingSaid(Mail.Sent sent) throws SQLException {
        var rows = rows(sent);
        for (var word : List.of(ScriptedClamd.FIND, NAME, WORDS)) {
            assertThat(rows).doesNotContain(word, HexFormat.of().formatHex(word.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static Settlement.Reply byNextHop(String code) {
        return new Settlement.Reply(code + " " + NAME + " " + WORDS, "hop.example:25", true);
    }

    @Test
    void whatWasSaidOfAFileIsErasedWithItWhereverItStands() throws SQLException {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TRUSTING, "y@trusting.example", TARO), BAD);
        var copies = due(sent).stream().filter(item -> item.kind() == OutboxItem.Kind.LINKED).toList();
        assertThat(copies).hasSize(2);
        outbox.settle(copies.get(0), List.of(new Settlement.Sent(copies.get(0).rows().getFirst().id(), byNextHop("250 2.0.0"), true)));
        rescans.run(opener, 100);
        var reports = due(sent);
        assertThat(reports).extracting(item -> item.report().action()).containsExactlyInAnyOrder(Report.Action.FAILED, Report.Action.WITHDRAWN);
        outbox.settle(reports.get(0), List.of(Mail.taken(reports.get(0).rows().getFirst())));
        var waits = reports.get(1).rows().getFirst().id();
        outbox.settle(reports.get(1), List.of(new Settlement.Later(waits, byNextHop("451 4.7.1"), clock.instant(), false, clock.instant())));
        assertThat(rows(sent)).as("what is told apart below").contains(ScriptedClamd.FIND, NAME, WORDS);
        shred(sent);
        assertNothingSaid(sent);
        var report = due(sent).getFirst();
        assertThat(report.rows()).singleElement().satisfies(row -> {
            assertThat(row.id()).isEqualTo(waits);
            assertThat(row.lastReply()).startsWith("451 4.7.1 ");
            assertThat(row.report().reply().text()).startsWith("550 5.7.1 ");
            assertThat(row.report().action()).isEqualTo(reports.get(1).report().action());
        });
        outbox.settle(report, List.of(new Settlement.Failed(waits, byNextHop("554"), "5.0.0")));
        outbox.settle(copies.get(1), List.of(new Settlement.Failed(copies.get(1).rows().getFirst().id(), byNextHop("550 5.7.7"), "5.7.7")));
        assertNothingSaid(sent);
        var failure = due(sent).getFirst();
        assertThat(failure.report().action()).as("its sender is still told").isEqualTo(Report.Action.FAILED);
        assertThat(failure.report().reply().text()).startsWith("550 5.7.7 ");
        assertThat(failure.report().reply().saidByRemote()).as("nobody's words are passed off as the next hop's").isFalse();
        assertThat(events(sent, AuditType.COPY_FAILED)).extracting(event -> event.details().get("code")).contains("550", "554");
    }

    @Test
    void whatWasSaidOfFilesThatAreShreddedAlreadyIsErasedByTheMigration() throws Exception {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TRUSTING), BAD);
        due(sent).forEach(item -> outbox.settle(item, List.of(Mail.taken(item.rows().getFirst()))));
        rescans.run(opener, 100);
        shred(sent);
        TestServers.asOwner("""
            update outbox set last_reply = '250 %1$s %2$s' where delivery_id = '%3$s';
            update outbox set last_reply = '%2$s', detail = detail || '{"reply": "550 5.7.1 %4$s"}' where delivery_id = '%3$s' and kind = 'DSN'"""
            .formatted(NAME, WORDS, sent.delivery(), ScriptedClamd.FIND));
        assertThat(rows(sent)).contains(ScriptedClamd.FIND, NAME, WORDS);
        try (var migration = ErasedRepliesTest.class.getResourceAsStream("/db/migration/V80__erased_replies.sql")) {
            TestServers.asOwner(new String(migration.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertNothingSaid(sent);
        assertThat(due(sent)).singleElement().satisfies(item -> {
            assertThat(item.report().action()).isEqualTo(Report.Action.WITHDRAWN);
            assertThat(item.report().reply().text()).startsWith("550 5.7.1 ");
        });
    }

    @Test
    void whatIsFoundInAFileThatWasShreddedMeanwhileIsWrittenNowhere() throws SQLException {
        var sent = sendWhile(ScriptedClamd.Mood.AWAY, List.of(TRUSTING), BAD);
        due(sent).forEach(item -> outbox.settle(item, List.of(Mail.taken(item.rows().getFirst()))));
        TestServers.clamd.before(() -> shred(sent));
        assertThat(rescans.run(opener, 100)).isEqualTo(1);
        assertNothingSaid(sent);
        assertThat(due(sent)).singleElement().satisfies(item -> assertThat(item.report().action()).as("whoever has it should know").isEqualTo(Report.Action.WITHDRAWN));
    }
}
