package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.embedded.FreePorts;
import sekisho.storage.FaultyWire;
import sekisho.storage.FaultyWire.Fault;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tools.CommandException;
import sekisho.tools.Keys;

/**
 * The network to PostgreSQL breaks at what nobody waits for: expiry, shredding, the end of a hold, rewrapping, and the replay of the journal at a
 * start; at the statement that counts and at the end of its transaction. Each happens once, with its event, as soon as it can.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenTimersTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    /** So that a statement, COMMIT among them, is sent as text each time, and not by the name of a prepared one. */
    private static final String WHOLE_STATEMENTS = "?prepareThreshold=0";
    private static final String RULES = """
        inside: [example.co.jp]
        rules:
          - name: brief
            when: { recipient: "@brief.example" }
            then: { hold: none, expires: 1s }
          - name: held
            when: { recipient: "@held.example" }
            then: { hold: 1s }
          - name: at once
            then: { hold: none }
        """;
    private static final String KITA = "kita@brief.example";
    private static final String JIRO = "jiro@held.example";
    private static final String SABURO = "saburo@other.example";

    private static final String EXPIRES = "update delivery set expired_at";
    private static final String SHREDS = "update file f set wrap";
    private static final String RELEASES = "update recipient set hold = 'RELEASED'";
    private static final String REWRAPS = "update file set wrap = ";
    private static final String LOOKS = "select id, type, delivery_id from audit_event where id in";
    private static final String SHUTS = "update delivery set access";

    private Installation installation;
    /** One behind another, so that each can be told something else. */
    private final List<FaultyWire> wires = new ArrayList<>();
    private String through;

    @BeforeAll
    void theHouseStandsBehindThreeWires() {
        installation = Installation.inTheHouse("broken_timers", RULES);
        int database = URI.create(installation.stage().database().substring("jdbc:".length())).getPort();
        for (int i = 0; i < 3; i++) {
            wires.add(new FaultyWire(wires.isEmpty() ? database : wires.getLast().port()));
        }
        through = installation.stage().database().replace(":" + database + "/", ":" + wires.getLast().port() + "/") + WHOLE_STATEMENTS;
        installation.startPages("all", "all", House.open().takePage(), Map.of("gateway.store.orphan-sweep", "1h", "web.rewrap.every", "1s",
            "web.rewrap.after", "0s", "gateway.journal.file", installation.stage().folder().resolve("journal").toString(), "gateway.database.url", through));
    }

    @AfterEach
    void theNetworkIsMended() {
        wires.forEach(FaultyWire::mend);
    }

    @AfterAll
    void theHouseGoes() {
        wires.reversed().forEach(FaultyWire::close);
        installation.close();
    }

    private String accepted(String recipient, String subject) {
        var id = DELIVERY.matcher(await().atMost(PATIENCE).until(() -> submits(recipient, subject), reply -> reply.startsWith("250")));
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    private String submits(String recipient, String subject) {
        try {
            return installation.mailServer().submits(HANAKO, List.of(recipient), Messages.twoAttachments(subject, Messages.octets(10, 3), Messages.octets(2_000, 1)));
        } catch (IOException failed) {
            throw new AssertionError("no answer to " + subject, failed);
        }
    }

    private long number(String sql) {
        return installation.data().number("select count(*) from " + sql);
    }

    private long events(String type, String delivery) {
        return number("audit_event where type = '" + type + "' and delivery_id = '" + delivery + "'");
    }

    private void awaitMet(FaultyWire... expected) {
        for (var wire : expected) {
            await().atMost(PATIENCE).until(wire::met);
        }
    }

    private void awaitNumber(String sql, long expected) {
        await().atMost(PATIENCE).until(() -> number(sql) == expected);
    }

    private int rotate() throws CommandException {
        var postgres = installation.stage().postgres();
        var out = new ByteArrayOutputStream();
        int status = new Keys().run(List.of("rotate", installation.stage().keys().toString(), "files", "--url", installation.stage().database(), "--user",
            postgres.app().user(), "--password-file", postgres.passwordFile(postgres.app()).toString()), new PrintStream(out, true, StandardCharsets.UTF_8));
        var version = Pattern.compile("files has version (\\d+) now").matcher(out.toString(StandardCharsets.UTF_8));
        assertThat(status).isZero();
        assertThat(version.find()).isTrue();
        return Integer.parseInt(version.group(1));
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, names = {"RESET", "HALF_REQUEST", "LOST_ANSWER"})
    void whatHappensByItselfHappensOnceHoweverOftenItFailed(Fault fault) throws Exception {
        var expiry = wires.get(0);
        var release = wires.get(1);
        var rewrap = wires.get(2);
        var subject = "By itself " + fault;
        accepted(SABURO, "Rewrapped " + fault);
        expiry.order(EXPIRES, fault, 20);
        release.order(RELEASES, fault, 20);
        rewrap.order(REWRAPS, fault, 20);
        var brief = accepted(KITA, subject);
        var held = accepted(JIRO, subject);
        long live = number("file where wrap is not null");
        int version = rotate();
        awaitMet(expiry, release, rewrap);
        assertThat(number("delivery where expired_at is not null and id = '" + brief + "'")).isEqualTo(events("DELIVERY_EXPIRED", brief)).isZero();
        assertThat(number("outbox where recipient_id is not null and delivery_id = '" + held + "'")).isEqualTo(events("RECIPIENT_RELEASED", held)).isZero();
        assertThat(number("file where wrap_version = " + version)).isEqualTo(rewrapped(version)).isZero();

        expiry.orderAfter(EXPIRES, "COMMIT", fault, 20);
        release.orderAfter(RELEASES, "COMMIT", fault, 20);
        rewrap.orderAfter(REWRAPS, "COMMIT", fault, 20);
        awaitMet(expiry, release, rewrap);
        wires.forEach(FaultyWire::mend);
        awaitNumber("delivery where expired_at is not null and id = '" + brief + "'", 1);
        awaitNumber("file where wrap_version = " + version, live);
        installation.inbox().await(JIRO, subject);
        awaitNumber("outbox where state in ('DUE', 'CLAIMED')", 0);
        assertThat(events("DELIVERY_EXPIRED", brief)).as("once").isEqualTo(1);
        assertThat(events("RECIPIENT_RELEASED", held)).as("once").isEqualTo(1);
        assertThat(installation.inbox().count(JIRO, subject)).as("copies").isEqualTo(1);
        assertThat(rewrapped(version)).as("rows that events name").isEqualTo(live);
        isShreddedOnce(brief, fault);
    }

    /** How many keys the events say were wrapped to a version. */
    private long rewrapped(int version) {
        return installation.data().number("""
            select coalesce(sum((p -> 'details' ->> 'rows')::bigint), 0) from (select convert_from(payload, 'UTF8')::jsonb as p from audit_event
            where type = 'KEYS_REWRAPPED') e where p -> 'details' ->> 'pair' = 'files' and p -> 'details' ->> 'to' = '%d'""".formatted(version));
    }

    private void isShreddedOnce(String delivery, Fault fault) {
        var shredding = wires.getFirst();
        var keys = "file where wrap is null and record_wrap is null and delivery_id = '" + delivery + "'";
        shredding.order(SHREDS, fault, 20);
        installation.data().change("update delivery set shred_at = now() where id = '" + delivery + "'");
        awaitMet(shredding);
        assertThat(number(keys)).isEqualTo(events("FILE_SHREDDED", delivery)).isZero();
        shredding.orderAfter(SHREDS, "COMMIT", fault, 20);
        awaitMet(shredding);
        shredding.mend();
        awaitNumber(keys, 2);
        awaitNumber("file where object_gone_at is not null and delivery_id = '" + delivery + "'", 2);
        assertThat(events("FILE_SHREDDED", delivery)).as("receipts, one of each file").isEqualTo(2);
        assertThat(events("OBJECT_REMOVED", delivery)).isEqualTo(2);
    }

    /** As long as it isn't known whether all that was shut is shut nothing is served; what the last of them did, though nobody heard of it, isn't done again. */
    @Test
    void aJournalThatCantBeReplayedStopsTheStartAndIsReplayedOnce() throws Exception {
        var delivery = accepted(SABURO, "Shut before the restore");
        var journal = installation.stage().folder().resolve("journal-of-yesterday");
        Files.writeString(journal, entry(delivery));
        var wire = wires.getFirst();
        for (var fault : List.of(Fault.RESET, Fault.HALF_REQUEST, Fault.LOST_ANSWER)) {
            wire.order(LOOKS, fault, 20);
            startFails("looking " + fault, journal);
            assertThat(shut(delivery)).isEqualTo(events("ACCESS_REVOKED", delivery)).isZero();
        }
        for (var fault : List.of(Fault.RESET, Fault.HALF_REQUEST, Fault.LOST_ANSWER)) {
            wire.orderAfter(SHUTS, "COMMIT", fault, 20);
            startFails("shutting " + fault, journal);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(shut(delivery)).as("state and event come together").isEqualTo(events("ACCESS_REVOKED", delivery)));
            assertThat(shut(delivery)).isEqualTo(fault == Fault.LOST_ANSWER ? 1 : 0);
        }
        wire.mend();
        try (var web = installation.startPages("web", "replays", House.open().takePage(), settings(journal))) {
            assertThat(web.isReady()).isTrue();
            assertThat(shut(delivery)).isEqualTo(1);
            assertThat(events("ACCESS_REVOKED", delivery)).as("once").isEqualTo(1);
        }
    }

    private long shut(String delivery) {
        return number("delivery where access = 'REVOKED' and id = '" + delivery + "'");
    }

    private Map<String, String> settings(Path journal) {
        return Map.of("gateway.journal.file", journal.toString(), "gateway.database.url", through);
    }

    private void startFails(String name, Path journal) throws IOException {
        var settings = new HashMap<>(settings(journal));
        settings.put("quarkus.http.port", Integer.toString(FreePorts.take()));
        settings.put("quarkus.management.port", Integer.toString(FreePorts.take()));
        var folder = name.replace(' ', '-');
        var process = installation.stage().launch("web", folder, settings);
        assertThat(process.process().awaitEnd(PATIENCE)).as(name).isNotZero();
        assertThat(wires.getFirst().met()).as(name).isTrue();
        assertThat(Files.readString(process.log())).as(name).contains("nothing may be served").doesNotContain("Listening on");
    }

    /** As the journal has it: CRC-32 of the rest in eight digits, a space, JSON. */
    private static String entry(String delivery) {
        var json = "{\"event\":\"" + UUID.randomUUID() + "\",\"at\":\"2026-11-22T01:00:00Z\",\"kind\":\"REVOKED\",\"delivery\":\"" + delivery
            + "\",\"as\":\"RESPONDER\",\"actor\":\"responder\"}";
        var crc = new CRC32();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        return "%08x %s\n".formatted(crc.getValue(), json);
    }
}
