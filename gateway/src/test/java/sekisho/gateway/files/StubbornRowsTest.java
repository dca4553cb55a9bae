package sekisho.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.gateway.Mail;
import sekisho.gateway.MovableClock;
import sekisho.gateway.TestServers;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.hold.Holds;

/** Rows of another version, or of somebody who has taken a node over, which a job can't work with: the others' go on. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class StubbornRowsTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final UUID FIRST = UUID.fromString("00000000-0000-0000-0000-000000000001");
    private static final UUID LAST = UUID.fromString("ffffffff-ffff-ffff-ffff-fffffffffffe");
    private static final String DELIVERY = "insert into delivery (id, source, sender, sender_as_given, subject, message_id, size_octets, accepted_at, policy_version,"
        + " notice, spool_kind, next_release_at) values ('%s', 'MAIL', '" + HANAKO + "', '" + HANAKO + "', 's', '<m@example>', 10, now(), '1', false, 'GONE', %s);";
    private static final String RECIPIENT = "insert into recipient (id, delivery_id, address, address_given, outside, attachments, rule, expires_after, downloads, hold,"
        + " release_at) values ('%1$s', '%1$s', 'taro@partner.example', 'taro@partner.example', true, 'LINK', 'r', %2$s, 1, 'HELD', '1970-01-01');";
    private static final String FILE = "insert into file (id, delivery_id, position, record, record_wrap_algorithm, record_wrap_version, size_octets, object_key, header,"
        + " cipher_octets, wrap_algorithm, wrap_version) values ('%1$s', '%1$s', 0, '', '', 1, 1, '%2$s', '', 1, '', 1);";

    @Inject
    Mail mail;
    @Inject
    Vault vault;
    @Inject
    Shredder shredder;
    @Inject
    Holds holds;
    @Inject
    DeliveryRecords records;
    @Inject
    Revocations revocations;

    @AfterEach
    void removeThem() {
        for (var id : List.of(FIRST, LAST)) {
            TestServers.asOwner("delete from file where delivery_id = '%1$s'; delete from recipient where delivery_id = '%1$s'; delete from delivery where id = '%1$s'".formatted(id));
        }
        TestServers.asOwner("drop function if exists refuses() cascade");
    }

    /** As before anybody looked at it. */
    private static void without(String table, String trigger, String sql) {
        TestServers.asOwner("alter table %1$s disable trigger %2$s; %3$s; alter table %1$s enable trigger %2$s".formatted(table, trigger, sql));
    }

    private List<String> objects() throws Exception {
        var keys = new ArrayList<String>();
        vault.store().list(object -> keys.add(object.key()));
        return keys;
    }

    private Mail.Sent shredded() {
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "content".getBytes());
        TestServers.asOwner("update file set wrap = null, record_wrap = null, access = 'SHREDDED' where delivery_id = '" + sent.delivery() + "'");
        return sent;
    }

    private static long released(Mail.Sent sent) {
        return TestServers.number("select count(*) from recipient where hold = 'RELEASED' and delivery_id = '" + sent.delivery() + "'");
    }

    @Test
    void objectsGoBesideARowThatNamesNone() throws Exception {
        var sent = shredded();
        without("file", "file_object", DELIVERY.formatted(FIRST, "null") + FILE.formatted(FIRST, "../x"));
        shredder.remove();
        assertThat(objects()).doesNotContain("f/" + sent.files().getFirst());
    }

    @Test
    void objectsGoBesideARowThatCannotBeWritten() throws Exception {
        var sent = shredded();
        TestServers.asOwner(DELIVERY.formatted(FIRST, "null") + FILE.formatted(FIRST, "f/none") + """
            create function refuses() returns trigger language plpgsql as 'begin raise exception ''no''; end';
            create trigger refuses before update on file for each row when (new.object_key = 'f/none') execute function refuses()""");
        shredder.remove();
        assertThat(objects()).doesNotContain("f/" + sent.files().getFirst());
    }

    /** As of a full disk, or of a database that only reads after a failover: what is gone is gone, and no store refuses anything. */
    @Test
    void whatIsGoneIsWrittenDownAsSoonAsTheDatabaseWritesAgain() {
        var sent = shredded();
        for (var state : List.of("53100", "25006")) {
            TestServers.asOwner("""
                create function refuses() returns trigger language plpgsql as 'begin raise exception ''could not extend file'' using errcode = ''%s''; end';
                create trigger refuses before insert on audit_event for each row execute function refuses()""".formatted(state));
            for (int time = 0; time < 5; time++) {
                assertThatThrownBy(shredder::remove).as("and the timer says so").isInstanceOf(RuntimeException.class);
            }
            TestServers.asOwner("drop function refuses() cascade");
        }
        shredder.remove();
        assertThat(TestServers.number("select count(*) from file where object_gone_at is not null and delivery_id = '" + sent.delivery() + "'")).isEqualTo(1);
    }

    /** What the store has deleted says nothing against it. */
    @Test
    void objectsGoBehindManyRowsThatCannotBeWritten() throws Exception {
        var rows = new StringBuilder(DELIVERY.formatted(FIRST, "null"));
        for (int i = 0; i < 30; i++) {
            rows.append("insert into file (id, delivery_id, position, record, record_wrap_algorithm, record_wrap_version, size_octets, object_key, header, cipher_octets,"
                + " wrap_algorithm, wrap_version) values ('%s', '%s', %d, '', '', 1, 1, 'f/none-%d', '', 1, '', 1);".formatted(new UUID(0, 1 + i), FIRST, i, i));
        }
        TestServers.asOwner(rows + """
            create function refuses() returns trigger language plpgsql as 'begin raise exception ''no''; end';
            create trigger refuses before update on file for each row when (new.object_key like 'f/none-%') execute function refuses()""");
        var sent = shredded();
        shredder.remove();
        assertThat(objects()).doesNotContain("f/" + sent.files().getFirst());
    }

    @Test
    void spoolsGoBesideARowThatNamesNone() throws Exception {
        var key = "s/" + LAST;
        try (var upload = vault.store().create(key)) {
            upload.finish();
        }
        TestServers.asOwner(DELIVERY.formatted(LAST, "null") + "update delivery set spool_key = '%s' where id = '%s'".formatted(key, LAST));
        without("delivery", "delivery_spool_key", DELIVERY.formatted(FIRST, "null") + "update delivery set spool_key = '../x' where id = '%s';".formatted(FIRST));
        shredder.remove();
        assertThat(objects()).doesNotContain(key);
    }

    @Test
    void whatIsDueIsReleasedBesideWhatCannotBe() {
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "x".getBytes());
        TestServers.asOwner(DELIVERY.formatted(FIRST, "'1970-01-01'") + RECIPIENT.formatted(FIRST, "600") + """
            create function refuses() returns trigger language plpgsql as 'begin raise exception ''no''; end';
            create trigger refuses before update on recipient for each row when (new.delivery_id = '%s') execute function refuses()""".formatted(FIRST));
        MovableClock.passes(Duration.ofHours(1));
        assertThatCode(() -> holds.releaseDue(100)).doesNotThrowAnyException();
        assertThat(released(sent)).isEqualTo(1);
    }

    /** More than are looked at in one go, all of them before the one that can be released. */
    @Test
    void whatIsDueIsReleasedBehindManyThatCannotBe() {
        var stubborn = List.of(mail.send(HANAKO, List.of("taro@partner.example"), "x".getBytes()), mail.send(HANAKO, List.of("taro@partner.example"), "x".getBytes()));
        MovableClock.passes(Duration.ofMillis(1));
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "x".getBytes());
        TestServers.asOwner("""
            create function refuses() returns trigger language plpgsql as 'begin raise exception ''no''; end';
            create trigger refuses before update on recipient for each row when (new.delivery_id in ('%s', '%s')) execute function refuses()"""
            .formatted(stubborn.getFirst().delivery(), stubborn.getLast().delivery()));
        MovableClock.passes(Duration.ofHours(1));
        while (released(sent) == 0) {
            assertThat(holds.releaseDue(1)).as("there is something left to try").isEqualTo(1);
        }
        TestServers.asOwner("drop function refuses() cascade");
        MovableClock.passes(Duration.ofMinutes(5));
        holds.releaseDue(100);
        assertThat(stubborn).as("what was put off is tried again").allSatisfy(each -> assertThat(released(each)).isEqualTo(1));
    }

    @Test
    void deliveriesExpireAndAreShreddedBesideWhatCannotBe() {
        var sent = mail.send(HANAKO, List.of("taro@quick.example"), "x".getBytes());
        TestServers.asOwner(DELIVERY.formatted(FIRST, "null") + "update delivery set expires_at = '1970-01-01' where id = '" + FIRST + "';"
            + DELIVERY.formatted(LAST, "null") + "update delivery set expires_at = '1970-01-01', expired_at = '1970-01-01', shred_at = '1970-01-01' where id = '" + LAST + "';" + """
            create function refuses() returns trigger language plpgsql as 'begin raise exception ''no''; end';
            create trigger refuses before update on delivery for each row when (new.expires_at < '1971-01-01') execute function refuses()""");
        MovableClock.passes(Duration.ofHours(2));
        shredder.run();
        MovableClock.passes(Duration.ofDays(366));
        shredder.run();
        assertThat(TestServers.number("select count(*) from delivery where access = 'SHREDDED' and id = '" + sent.delivery() + "'")).isEqualTo(1);
    }

    /** As of a full disk, or of a database that only reads after a failover: it answers, and takes nothing. */
    @Test
    void whatIsDueIsReleasedAsSoonAsTheDatabaseWritesAgain() {
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "x".getBytes());
        MovableClock.passes(Duration.ofHours(1));
        for (var state : List.of("53100", "25006")) {
            TestServers.asOwner("""
                create function refuses() returns trigger language plpgsql as 'begin raise exception ''could not extend file'' using errcode = ''%s''; end';
                create trigger refuses before insert on audit_event for each row execute function refuses()""".formatted(state));
            for (int time = 0; time < 5; time++) {
                assertThatThrownBy(() -> holds.releaseDue(100)).as("and the timer says so").isInstanceOf(RuntimeException.class);
            }
            TestServers.asOwner("drop function refuses() cascade");
        }
        holds.releaseDue(100);
        assertThat(released(sent)).isEqualTo(1);
    }

    /** As a statement that takes longer than {@code socketTimeout} ends, or a transaction that a server ends for its length. */
    @Test
    void whatIsDueIsReleasedBesideWhatBreaksTheConnectionEachTime() {
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "x".getBytes());
        for (var state : List.of("08006", "25P04", "53200")) {
            TestServers.asOwner(DELIVERY.formatted(FIRST, "'1970-01-01'") + RECIPIENT.formatted(FIRST, "600") + """
                create function refuses() returns trigger language plpgsql as 'begin raise exception ''no'' using errcode = ''%s''; end';
                create trigger refuses before update on recipient for each row when (new.delivery_id = '%s') execute function refuses()""".formatted(state, FIRST));
            MovableClock.passes(Duration.ofHours(1));
            assertThatCode(() -> holds.releaseDue(100)).as(state).doesNotThrowAnyException();
            removeThem();
        }
        assertThat(released(sent)).isEqualTo(1);
    }

    /** A session that does nothing else, say. */
    @Test
    @Timeout(60)
    void whatIsDueIsReleasedBesideWhatSomebodyHolds() throws Exception {
        var locked = mail.send(HANAKO, List.of("taro@partner.example"), "x".getBytes());
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "x".getBytes());
        MovableClock.passes(Duration.ofHours(1));
        try (var holder = TestServers.connectAsOwner(); var lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("select from recipient where delivery_id = '" + locked.delivery() + "' for update");
            holds.releaseDue(100);
            assertThat(released(sent)).isEqualTo(1);
            holder.rollback();
        }
        MovableClock.passes(Duration.ofMinutes(5));
        holds.releaseDue(100);
        assertThat(released(locked)).as("what was put off is tried again").isEqualTo(1);
    }

    /** What no row may say any more. */
    @Test
    void whatIsThereFromBeforeIsRevokedAndExpires() {
        var responder = mail.person("responder@example.co.jp", "responder");
        var sent = mail.send(HANAKO, List.of("taro@quick.example"), "x".getBytes());
        without("delivery", "delivery_spool_key", "update delivery set spool_key = '../x' where id = '%s'".formatted(sent.delivery()));
        assertThat(revocations.revoke(responder, new Revocations.Target(sent.delivery(), null, null))).isEqualTo(Revocations.Outcome.DONE);
        MovableClock.passes(Duration.ofHours(2));
        shredder.run();
        TestServers.asOwner("update delivery set spool_key = null where id = '" + sent.delivery() + "'");
        assertThat(TestServers.number("select count(*) from delivery where expired_at is not null and id = '" + sent.delivery() + "'")).isEqualTo(1);
    }

    @Test
    void listsShowADeliveryWithoutRecipients() {
        TestServers.asOwner(DELIVERY.formatted(LAST, "now()"));
        var search = new DeliveryRecords.Search("", "", "", "", Optional.empty(), Optional.empty());
        var hanako = mail.person(HANAKO, "sender");
        for (var list : List.of(records.search(mail.person("responder@example.co.jp", "responder"), search, Optional.empty(), 20),
                records.sentBy(hanako, Optional.empty(), 20), records.heldOf(hanako, 1000))) {
            assertThat(list).filteredOn(summary -> summary.id().equals(LAST)).singleElement().satisfies(summary -> assertThat(summary.recipients()).isEmpty());
        }
    }
}
