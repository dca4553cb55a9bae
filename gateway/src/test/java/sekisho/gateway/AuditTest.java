package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.embedded.Tools;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLag;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.audit.AuditVerifier;
import sekisho.gateway.audit.CheckpointKey;
import sekisho.gateway.audit.CheckpointLog;
import sekisho.gateway.audit.Sequencer;
import sekisho.gateway.files.Shreds;

@QuarkusTest
@QuarkusTestResource(TestServers.class)
class AuditTest {

    @Inject
    Mail mail;
    @Inject
    Sequencer sequencer;
    @Inject
    AuditLag lag;
    @Inject
    AuditLog audit;
    @Inject
    Shreds shreds;

    @BeforeEach
    void someEvents() throws SQLException {
        for (int i = 0; i < 3; i++) {
            mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
            sequence();
        }
    }

    private void sequence() throws SQLException {
        while (sequencer.sequence() > 0) {
            assertThat(sequencer).isNotNull();
        }
    }

    private List<String> kept() throws Exception {
        return CheckpointLog.read(TestServers.folder.resolve("checkpoints")).notes();
    }

    /** Runs {@code tampering} as the database's superuser and verifies; closing the connection takes it back. */
    private AuditVerifier.Report after(String... tampering) throws Exception {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.superuser())) {
            connection.setAutoCommit(false);
            for (var sql : tampering) {
                try (var statement = connection.createStatement()) {
                    assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
                }
            }
            return new AuditVerifier(connection, CheckpointKey.loadPublic(TestServers.folder.resolve("audit.public"))).verify(kept());
        }
    }

    @Test
    void theUntouchedLogHolds() throws Exception {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.superuser())) {
            var report = new AuditVerifier(connection, CheckpointKey.loadPublic(TestServers.folder.resolve("audit.public"))).verify(kept());
            assertThat(report.faults()).isEmpty();
            assertThat(report.leaves()).isGreaterThanOrEqualTo(3);
            assertThat(report.pending()).isZero();
        }
    }

    /** Ids come from the clocks of several nodes; the tree must not put an event before what caused it. */
    @Test
    void eventsStandInTheTreeInTheOrderInWhichTheyWereQueuedWhateverTheirIds() throws Exception {
        var first = audit.event(AuditType.RECORDS_READ, Actor.part("test"), AuditLog.About.NOTHING, Map.of());
        var second = audit.event(AuditType.RECORDS_READ, Actor.part("test"), AuditLog.About.NOTHING, Map.of());
        audit.recordAlone(List.of(second));
        audit.recordAlone(List.of(first));
        sequence();
        assertThat(first.id().toString()).isLessThan(second.id().toString());
        assertThat(leaves("e.id in ('" + first.id() + "', '" + second.id() + "')", "e.id")).containsExactly(second.id().toString(), first.id().toString());
    }

    /** Neither waits for the other, and what commits later isn't passed over, though its id and its place in the queue are the earlier ones. */
    @Test
    void anEventThatCommitsAfterALaterOneIsSequencedToo() throws Exception {
        var both = Ids.next().toString();
        try (var first = TestServers.postgres.connect(TestServers.postgres.app()); var second = TestServers.postgres.connect(TestServers.postgres.app())) {
            records(first, both, "first");
            records(second, both, "second");
            second.commit();
            sequence();
            assertThat(leaves("convert_from(e.payload, 'UTF8') like '%" + both + "%'", "convert_from(e.payload, 'UTF8')")).singleElement().asString().contains("second");
            first.commit();
            sequence();
        }
        assertThat(leaves("convert_from(e.payload, 'UTF8') like '%" + both + "%'", "convert_from(e.payload, 'UTF8')")).satisfiesExactly(
            earlier -> assertThat(earlier).contains("second"), later -> assertThat(later).contains("first"));
        theUntouchedLogHolds();
    }

    private static void records(Connection connection, String both, String which) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '5s'");   // a wait for the other would never end
        }
        AuditLog.record(connection, Instant.now(), AuditType.RECORDS_READ, Actor.part("test"), AuditLog.About.NOTHING, Map.of("both", both, "which", which));
    }

    @Test
    void aMessageIsAcceptedBeforeItIsReleasedInTheTreeAndInItsTimeline() throws Exception {
        for (int i = 0; i < 50; i++) {
            var delivery = mail.send("hanako@example.co.jp", List.of("taro@partner.example", "jiro@other.example")).delivery();
            assertThat(audit.ofDelivery(delivery, Optional.empty(), 10)).extracting(AuditRecord::type)
                .containsExactly(AuditType.RECIPIENT_RELEASED, AuditType.RECIPIENT_RELEASED, AuditType.DELIVERY_ACCEPTED);
            sequence();
            assertThat(leaves("e.delivery_id = '" + delivery + "'", "e.type")).startsWith("DELIVERY_ACCEPTED");
        }
    }

    private static List<String> leaves(String condition, String column) throws SQLException {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.app()); var statement = connection.createStatement();
             var rows = statement.executeQuery("select " + column + " from audit_event e join audit_leaf l on l.event_id = e.id where " + condition
                 + " order by l.leaf_index")) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }

    @Test
    void aCheckpointGoesBehindOneThatACrashHasCut() throws Exception {
        var file = TestServers.folder.resolve("checkpoints");
        var before = CheckpointLog.read(file);
        Files.writeString(file, "sekisho/audit\n7\nAAAA\n\n— sekisho/audit AAA", StandardOpenOption.APPEND);
        audit.recordAlone(AuditType.RECORDS_READ, Actor.part("test"), AuditLog.About.NOTHING, Map.of());
        sequence();
        assertThat(Files.readString(file)).as("other readers go by empty lines").contains("AAA (broken off)\n\nsekisho/audit\n");
        var after = CheckpointLog.read(file);
        assertThat(after.torn()).isTrue();
        assertThat(after.notes()).startsWith(before.notes().toArray(String[]::new)).hasSizeGreaterThan(before.notes().size());
        theUntouchedLogHolds();
    }

    @Test
    void aChangedEventIsFound() throws Exception {
        var report = after("update audit_event set payload = convert_to(replace(convert_from(payload, 'UTF8'), 'built-in', 'forged'), 'UTF8') "
            + "where id = (select id from audit_event where convert_from(payload, 'UTF8') like '%built-in%' limit 1)");
        assertThat(report.faults()).anySatisfy(fault -> assertThat(fault).contains("was changed"));
    }

    @Test
    void aChangedEventWithItsHashMadeToFitIsFound() throws Exception {
        var report = after("update audit_event set payload = payload || convert_to(' ', 'UTF8') where id = (select id from audit_event limit 1)",
            "update audit_event set leaf_hash = sha256('\\x00'::bytea || payload)");
        assertThat(report.faults()).anySatisfy(fault -> assertThat(fault).contains("don't give the root that was signed"));
    }

    @Test
    void aRemovedEventIsFound() throws Exception {
        var report = after("delete from audit_leaf where leaf_index = 1",
            "delete from audit_event where not exists (select 1 from audit_leaf where event_id = id)");
        assertThat(report.holds()).isFalse();
    }

    @Test
    void anEventRemovedWithTheRestMovedUpIsFound() throws Exception {
        var report = after("delete from audit_leaf where leaf_index = 0", "update audit_leaf set leaf_index = -leaf_index",
            "update audit_leaf set leaf_index = -leaf_index - 1");
        assertThat(report.faults()).anySatisfy(fault -> assertThat(fault).contains("don't give the root"));
    }

    @Test
    void anInsertedEventIsFoundWhetherInTheTreeOrBesideIt() throws Exception {
        var insert = "insert into audit_event select gen_random_uuid(), occurred_at, type, delivery_id, payload, leaf_hash from audit_event limit 1";
        assertThat(after(insert).faults()).anySatisfy(fault -> assertThat(fault).contains("inserted beside the log"));
        var report = after(insert, "insert into audit_leaf select (select max(leaf_index) + 1 from audit_leaf), id from audit_event e "
            + "where not exists (select 1 from audit_leaf l where l.event_id = e.id)");
        assertThat(report.faults()).anySatisfy(fault -> assertThat(fault).contains("no checkpoint signs them"));
    }

    @Test
    void aCutTailIsFoundByAKeptCheckpoint() throws Exception {
        var report = after("delete from audit_checkpoint where size = (select max(size) from audit_checkpoint)",
            "delete from audit_leaf where leaf_index >= (select max(size) from audit_checkpoint)",
            "delete from audit_event e where not exists (select 1 from audit_leaf l where l.event_id = e.id)");
        assertThat(report.faults()).anySatisfy(fault -> assertThat(fault).contains("removed from its end"));
    }

    @Test
    void aForgedCheckpointIsFound() throws Exception {
        var report = after("update audit_checkpoint set root = sha256(root) where size = (select max(size) from audit_checkpoint)");
        assertThat(report.faults()).anySatisfy(fault -> assertThat(fault).contains("its row was changed"));
    }

    @Test
    void aWrongEdgeIsMadeAnewFromTheLeavesAndSequencingGoesOn() throws Exception {
        for (var wrong : List.of("set size = 0, hashes = ''", "set size = size + 1", "set hashes = sha256(hashes) || substr(hashes, 33)",
                "set size = 1, hashes = sha256('')")) {
            try (var connection = TestServers.postgres.connect(TestServers.postgres.app()); var statement = connection.createStatement()) {
                statement.executeUpdate("update audit_edge " + wrong);
            }
            mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
            assertThat(sequencer.sequence()).as(wrong).isPositive();
        }
        theUntouchedLogHolds();
    }

    private static void asApp(String... statements) throws SQLException {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.app()); var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Every login that records events may write to the queue. */
    @Test
    void whatIsNoEventOrHasItsPlaceKeepsNoEventWaiting() throws Exception {
        asApp("insert into audit_pending (event_id) select event_id from audit_leaf order by leaf_index limit 1",
            "insert into audit_pending (event_id) select gen_random_uuid() from generate_series(1, 10001)");
        var delivery = mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes()).delivery();
        sequence();
        assertThat(leaves("e.delivery_id = '" + delivery + "'", "e.type")).containsExactly("DELIVERY_ACCEPTED");
        assertThat(TestServers.number("select count(*) from audit_pending")).isZero();
        theUntouchedLogHolds();
    }

    @Test
    void aHashThatIsNotTheEventsOwnSpoilsNoRoot() throws Exception {
        var id = Ids.next();
        var payload = "{\"id\":\"%s\",\"at\":\"2026-11-29T01:00:00Z\",\"type\":\"RECORDS_READ\",\"actor\":\"test\"}".formatted(id);
        asApp("insert into audit_event values ('%s', '2026-11-29T01:00:00Z', 'RECORDS_READ', null, convert_to('%s', 'UTF8'), sha256('false'))".formatted(id, payload),
            "insert into audit_pending (event_id) values ('" + id + "')");
        sequence();
        assertThat(verified()).singleElement().asString().contains("(" + id + ") was changed");
        asApp("update audit_edge set hashes = sha256(hashes) || substr(hashes, 33)");
        mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
        sequence();
        assertThat(verified()).as("made anew from the leaves").singleElement().asString().contains("(" + id + ") was changed");
        TestServers.asOwner("update audit_event set leaf_hash = sha256('\\x00'::bytea || payload) where id = '" + id + "'");
        theUntouchedLogHolds();
    }

    private List<String> verified() throws Exception {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.superuser())) {
            return new AuditVerifier(connection, CheckpointKey.loadPublic(TestServers.folder.resolve("audit.public"))).verify(kept()).faults();
        }
    }

    private static final List<String> UNREADABLE = List.of("'x'", "'\\xff'", "'{}'", "'{\"id\":7}'", "''", "'null'",
        "convert_to('{\"id\":\"' || gen_random_uuid() || '\",\"at\":\"2026-11-29T01:00:00Z\",\"type\":\"RECORDS_READ\",\"actor\":\"test\"}', 'UTF8')",
        "convert_to('{\"id\":\"' || id || '\",\"at\":\"2026-11-29T01:00:00Z\",\"type\":\"OF_ANOTHER_VERSION\",\"actor\":\"test\"}', 'UTF8')",
        "convert_to('{\"id\":\"' || id || '\",\"at\":\"2026-11-29T01:00:00Z\",\"type\":\"RECORDS_READ\",\"actor\":\"person:x\"}', 'UTF8')",
        "convert_to('{\"id\":\"' || id || '\",\"at\":\"2026-11-29T01:00:00Z\",\"type\":\"RECORDS_READ\",\"actor\":\"test\",\"file\":\"x\"}', 'UTF8')");

    private static String unreadable(String type, String delivery, String payload) {
        return "insert into audit_event select id, now(), '%s', %s, %s, sha256('') from (select gen_random_uuid() as id) one".formatted(type, delivery, payload);
    }

    @Test
    void whatCannotBeReadStandsInTheLogAndInTheTimelineAmongTheOthers() throws Exception {
        var sent = mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
        var ofDelivery = "'" + sent.delivery() + "'";
        for (var payload : UNREADABLE) {
            TestServers.asOwner(unreadable("COPY_RELAYED", ofDelivery, payload));
        }
        try {
            assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 100)).filteredOn(record -> record.type() == AuditType.UNREADABLE)
                .hasSameSizeAs(UNREADABLE).allSatisfy(record -> assertThat(record.delivery()).contains(sent.delivery()));
            assertThat(audit.ofDelivery(sent.delivery(), Optional.empty(), 100)).extracting(AuditRecord::type).contains(AuditType.DELIVERY_ACCEPTED);
            var ids = new ArrayList<String>();
            for (var page = audit.page(Optional.empty(), 2); !page.isEmpty(); page = audit.page(Optional.of(page.getLast().id()), 2)) {
                page.forEach(record -> ids.add(record.id().toString()));
            }
            assertThat(ids).as("page by page").hasSize((int) TestServers.number("select count(*) from audit_event")).doesNotHaveDuplicates();
        } finally {
            TestServers.asOwner("delete from audit_event where type = 'COPY_RELAYED' and delivery_id = " + ofDelivery);
        }
    }

    @Test
    void aRefusalThatCannotBeReadHidesNoOther() throws Exception {
        var sent = mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
        var actor = "person:" + UUID.randomUUID();
        var honest = "{\"actor\":\"" + actor + "\",\"details\":{\"reason\":\"not the recipient\",\"times\":\"3\"}}";
        var forged = List.of(honest.replace(actor, "person:x"), honest.replace("\"details\"", "\"recipient\":\"x\",\"details\""), "[]", "1", "{");
        var payloads = new ArrayList<>(UNREADABLE);
        forged.forEach(payload -> payloads.add("convert_to('" + payload + "', 'UTF8')"));
        payloads.add("convert_to('" + honest + "', 'UTF8')");
        payloads.add("convert_to('" + honest.replace("\"3\"", "\"many\",\"since\":\"once\"") + "', 'UTF8')");
        for (var payload : payloads) {
            TestServers.asOwner(unreadable("ACCESS_REFUSED", "'" + sent.delivery() + "'", payload));
        }
        try {
            assertThat(audit.refusals(sent.delivery(), 10)).filteredOn(refusals -> refusals.actor().equals(actor)).singleElement()
                .satisfies(refusals -> assertThat(refusals.times()).as("three, and one whose number can't be read").isEqualTo(4));
        } finally {
            TestServers.asOwner("delete from audit_event where type = 'ACCESS_REFUSED' and delivery_id = '" + sent.delivery() + "'");
        }
    }

    @Test
    void anEventThatCannotBeReadDoesNotEndTheVerification() throws Exception {
        mail.person("taro@partner.example");
        sequence();
        for (var payload : UNREADABLE) {
            for (var type : List.of("PERSON_ADDED", "FILE_SHREDDED", "DELIVERY_ACCEPTED")) {
                assertThat(after(unreadable(type, "null", payload), "update person set address = 'x@y.example' where address = 'taro@partner.example'").faults())
                    .as(type + " " + payload).anyMatch(fault -> fault.contains("isn't what the log says")).anyMatch(fault -> fault.contains("inserted beside the log"));
            }
        }
        assertThat(after("insert into audit_event select gen_random_uuid(), occurred_at, type, delivery_id, payload, leaf_hash from audit_event where type = 'PERSON_ADDED'").faults())
            .anyMatch(fault -> fault.matches("person:[0-9a-f-]{36} was added twice"));
    }

    @Test
    void howLongEventsWaitIsTold() throws SQLException {
        assertThat(lag.measure()).isZero();
        mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
        MovableClock.passes(Duration.ofMinutes(3));
        assertThat(lag.measure()).isGreaterThanOrEqualTo(Duration.ofMinutes(3));
        sequence();
        assertThat(lag.measure()).isZero();
    }

    @Test
    void eventsThatSomebodyTookOutOfTheQueueAreCounted() throws SQLException {
        sequence();
        MovableClock.passes(Duration.ofMinutes(20));   // behind what other tests did
        mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
        assertThat(lag.countForgotten()).as("they wait").isZero();
        var taken = TestServers.postgres.connect(TestServers.postgres.app());
        try (taken; var statement = taken.createStatement()) {
            int events = statement.executeUpdate("delete from audit_pending");
            assertThat(events).isPositive();
            sequence();
            assertThat(lag.measure()).as("nothing waits").isZero();
            assertThat(lag.countForgotten()).isEqualTo(events);
            assertThat(statement.executeUpdate("insert into audit_pending select id from audit_event e where not exists (select from audit_leaf l where l.event_id = e.id)"))
                .isEqualTo(events);
        }
        sequence();
        assertThat(lag.countForgotten()).isZero();
    }

    /** As docs/operations/database.md has it. */
    @Test
    void aPlaceThatTheProductDidNotGiveIsTakenAwayByTheOwner() throws Exception {
        sequence();
        mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
        try (var connection = TestServers.postgres.connect(TestServers.postgres.app()); var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("insert into audit_leaf select (select max(leaf_index) + 1 from audit_leaf), max(event_id::text)::uuid from audit_pending")).isEqualTo(1);
        }
        mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "y".getBytes());
        assertThatThrownBy(this::sequence).hasMessageContaining("don't give a root that was signed");
        var told = Pattern.compile("(?m)^    (delete from audit_leaf .*;)$").matcher(Files.readString(Tools.repository().resolve("docs/operations/database.md")));
        assertThat(told.find()).isTrue();
        TestServers.asOwner(told.group(1));
        TestServers.asOwner("insert into audit_pending select id from audit_event e where not exists (select from audit_leaf l where l.event_id = e.id)"
            + " and not exists (select from audit_pending p where p.event_id = e.id)");
        sequence();
        theUntouchedLogHolds();
    }

    @Test
    void rowsThatSayElseThanTheLogAreNamed() throws Exception {
        var sent = mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
        var passed = mail.send("hanako@example.co.jp", List.of("saburo@waits.example"), "x".getBytes());
        mail.person("taro@partner.example");
        sequence();
        var id = "'" + sent.delivery() + "'";
        assertThat(after("update recipient set address = 'mallory@evil.example' where delivery_id = " + id).faults())
            .singleElement().asString().contains(sent.recipients().get("taro@partner.example") + ": the address isn't");
        assertThat(after("update delivery set sender = 'ichiro@example.co.jp' where id = " + id).faults()).singleElement().asString()
            .contains("sender or subject");
        for (var change : List.of("in_mail = 0", "in_mail_octets = 0", "in_mail = null, in_mail_octets = null")) {
            assertThat(after("update delivery set " + change + " where id = '" + passed.delivery() + "'").faults()).as(change).singleElement().asString()
                .contains(passed.delivery() + ": how many attachments leave in the mail itself, or how large they are, isn't what was accepted");
        }
        for (var change : List.of("record = set_byte(record, 20, get_byte(record, 20) # 1)", "size_octets = 2", "find = 'Harmless'")) {
            assertThat(after("update file set " + change + " where delivery_id = " + id).faults()).as(change).singleElement().asString()
                .contains(sent.files().getFirst() + ": its size, or what is sealed of its name and content, isn't what was accepted");
        }
        for (var table : List.of("delivery set access = 'SHREDDED', shredded_at = now() where id = ", "file set access = 'SHREDDED' where delivery_id = ")) {
            assertThat(after("update " + table + id).faults()).as(table).singleElement().asString().contains(sent.files().getFirst() + ": it is called destroyed, and its key is there");
        }
        assertThat(after("update person set address = 'x@y.example' where address = 'taro@partner.example'").faults())
            .allSatisfy(fault -> assertThat(fault).contains("person ", "isn't what the log says")).isNotEmpty();
        assertThat(after("update recipient set salt = null where delivery_id = " + id).faults()).isNotEmpty();
        assertThat(after("delete from access_grant where delivery_id = " + id, "delete from outbox where delivery_id = " + id,
            "delete from recipient where delivery_id = " + id).faults()).singleElement().asString().contains("was removed");
    }

    @Test
    void aKeyThatIsThereAgainAfterItsReceiptIsNamed() throws Exception {
        var sent = mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
        var file = sent.files().getFirst();
        QuarkusTransaction.requiringNew().run(() -> shreds.shred(sent.delivery(), Ids.next(), Actor.part("test"), Map.of()));
        sequence();
        theUntouchedLogHolds();
        assertThat(after("update file set access = 'OPEN', wrap = 'back', record_wrap = 'back' where id = '" + file + "'").faults()).singleElement().asString()
            .contains(file + ": it is called destroyed, and its key is there");
    }

    @Test
    void aKeyThatIsGoneWithoutAReceiptIsNamed() throws Exception {
        var sent = mail.send("hanako@example.co.jp", List.of("taro@partner.example"), "x".getBytes());
        sequence();
        theUntouchedLogHolds();
        var file = sent.files().getFirst();
        assertThat(after("update file set wrap = null, record_wrap = null where id = '" + file + "'").faults()).singleElement().asString()
            .contains(file + ": its key is gone, and no event says who destroyed it");
    }

    @Test
    void theApplicationsRoleCannotChangeWhomARowNames() throws SQLException {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.app())) {
            for (var sql : List.of("update person set address = ''", "update person set subject = ''", "update person set salt = ''",
                    "update recipient set address = ''", "update recipient set address_given = ''", "update recipient set salt = ''",
                    "update recipient set delivery_id = delivery_id", "update delivery set sender = ''", "update delivery set subject = ''",
                    "update delivery set salt = ''", "update delivery set attached = false", "update delivery set in_mail = 0, in_mail_octets = 0", "update file set record = ''", "update file set size_octets = 2", "update access_grant set recipient_id = id",
                    "delete from access_grant", "delete from recipient", "delete from person")) {
                assertRefused(connection, sql);
            }
        }
    }

    @Test
    void theApplicationsRoleCanNeitherChangeNorRemoveEvents() throws SQLException {
        try (var connection = TestServers.postgres.connect(TestServers.postgres.app())) {
            for (var sql : List.of("update audit_event set type = 'X'", "delete from audit_event", "truncate audit_event cascade",
                    "update audit_leaf set leaf_index = 0", "delete from audit_leaf", "delete from audit_checkpoint",
                    "update audit_checkpoint set note = ''", "drop table audit_event", "alter table audit_event disable trigger all")) {
                assertRefused(connection, sql);
            }
        }
    }

    private static void assertRefused(Connection connection, String sql) {
        assertThatThrownBy(() -> {
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }).as(sql).isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).as(sql).isEqualTo("42501"));
    }
}
