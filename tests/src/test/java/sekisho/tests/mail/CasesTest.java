package sekisho.tests.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import sekisho.tests.Installation;
import sekisho.tests.SealedFiles;
import sekisho.tests.ScriptedSmartHost.Transaction;

/** Sends every case of {@code src/test/resources/mail} through the listener and looks at what arrives; docs/mail-behaviour.md is its table. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CasesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern OUR_RECEIVED = Pattern.compile("\\(Sekisho\\) with \\w+ id ([0-9a-f-]{36});");

    private Houses houses;

    @BeforeAll
    void theHousesStand() throws Exception {
        houses = Houses.open();
    }

    @AfterAll
    void theHousesGo() throws IOException {
        if (houses != null) {
            houses.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> eachPitfallIsAvoided() throws IOException {
        var cases = new ArrayList<Case>();
        for (var folder : CaseFolders.all()) {
            cases.add(Case.read(folder));
        }
        return cases.stream().map(each -> DynamicTest.dynamicTest(each.name() + ": " + each.what(), each.folder().toUri(), () -> play(each)));
    }

    private void play(Case pitfall) throws Exception {
        var before = deliveries(pitfall);
        playSends(pitfall);
        pitfall.sends().forEach(send -> before.merge(houses.of(send.house()).installation(), (long) send.accepted(), Long::sum));
        assertThat(deliveries(pitfall)).as("deliveries in the databases when pitfall " + pitfall.number() + " has been played").isEqualTo(before);
    }

    /** How many there are in each house of a case. */
    private Map<Installation, Long> deliveries(Case pitfall) {
        var deliveries = new HashMap<Installation, Long>();
        pitfall.sends().forEach(send -> deliveries.computeIfAbsent(houses.of(send.house()).installation(), _ -> deliveries(houses.of(send.house()))));
        return deliveries;
    }

    private void playSends(Case pitfall) throws Exception {
        var first = Optional.<Arrival>empty();
        for (int i = 0; i < pitfall.sends().size(); i++) {
            var send = pitfall.sends().get(i);
            try {
                var arrived = play(pitfall, send, first);
                first = i == 0 ? arrived.stream().findFirst() : first;
            } catch (AssertionError | ConditionTimeoutException differs) {
                throw new AssertionError("pitfall " + pitfall.number() + " (" + pitfall.name() + "), send " + (i + 1) + " of " + pitfall.sends().size()
                    + (send.dialogue().isEmpty() ? ", " + send.message() + " to " + send.to().keySet() : ", " + send.dialogue()) + ": " + differs.getMessage(), differs);
            }
        }
    }

    /** Returns what the case looks at of what arrived. */
    private List<Arrival> play(Case pitfall, Case.Send send, Optional<Arrival> first) throws Exception {
        var house = houses.of(send.house());
        send.next().forEach(told -> house.next().expect(told.stage(), told.recipient(), told.answers()));
        long before = deliveries(house);
        int taken = house.next().taken().size();
        int seen = house.next().seen().size();
        byte[] written = pitfall.message(send);
        var quoted = Quoted.isIn(written) ? Quoted.of(first.orElseThrow()) : Quoted.NOTHING;
        byte[] message = quoted.in(written);
        var accepted = send.dialogue().isEmpty() ? submit(house, send, message) : talk(house, pitfall, send);
        assertThat(accepted).as("deliveries that the replies name").hasSize(send.accepted());
        assertThat(deliveries(house) - before).as("deliveries in the database").isEqualTo(send.accepted());
        nothingElseStays(house);
        var arrived = send.accepted() == 0 ? List.<Arrival>of() : arrives(house, send, new Sent(message, quoted, accepted.getLast(), taken));
        nobodyElseGetsAnything(house, send, accepted, seen);
        assertThat(house.next().unmet()).as("what the smart host should have been asked").isEmpty();
        return arrived;
    }

    /** @param taken how many transactions the smart host had taken before */
    private record Sent(byte[] message, Quoted quoted, UUID delivery, int taken) {
    }

    private static long deliveries(Houses.House house) {
        return house.installation().data().number("select count(*) from delivery");
    }

    /** Of what was refused or cut off, be it before or behind something that was accepted, nor of what nobody gets. */
    private static void nothingElseStays(Houses.House house) {
        await().pollDelay(Duration.ZERO).atMost(PATIENCE).untilAsserted(() -> {
            assertThat(house.installation().orphans()).as("objects that no row names").isEmpty();
            assertThat(house.installation().unfinishedUploads()).as("unfinished uploads").isZero();
        });
    }

    private static List<UUID> submit(Houses.House house, Case.Send send, byte[] message) throws IOException {
        try (var dialogue = new Dialogue(house.port(), house.trust())) {
            dialogue.expect("220");
            dialogue.say("EHLO mail.example.co.jp");
            dialogue.expect("250");
            dialogue.say(("MAIL FROM:<" + send.from() + "> " + send.mail()).strip());
            dialogue.expect("250");
            for (var recipient : send.to().entrySet()) {
                dialogue.say(("RCPT TO:<" + recipient.getKey() + "> " + recipient.getValue()).strip());
                dialogue.expect("250");
            }
            var reply = send.chunk() > 0 ? dialogue.bdat(message, send.chunk()) : dialogue.data(message);
            assertThat(reply.substring(reply.lastIndexOf('\n') + 1)).as(reply).startsWith(send.reply());
            assertThat(reply).contains(send.replies()).as("ASCII, with SMTPUTF8 too (RFC 6531 §3.7.4.2)").matches("[ -~\n]*");
            return dialogue.accepted();
        }
    }

    private static List<UUID> talk(Houses.House house, Case pitfall, Case.Send send) throws IOException {
        try (var dialogue = new Dialogue(house.port(), house.trust())) {
            dialogue.play(Files.readString(pitfall.folder().resolve(send.dialogue())));
            return dialogue.accepted();
        }
    }

    private static List<Arrival> arrives(Houses.House house, Case.Send send, Sent sent) throws Exception {
        var delivery = sent.delivery();
        var files = house.files().of(delivery);
        if (send.files().isPresent()) {
            assertThat(files.stream().map(CasesTest::found).toList()).as("files").isEqualTo(send.files().get());
        }
        send.written().forEach((name, written) -> assertThat(files.stream().filter(file -> file.name().equals(name)))
            .as("the record of " + name).singleElement().satisfies(file -> assertThat(file.otherNames()).contains(written.toString())));
        var contents = new ArrayList<byte[]>();
        for (var file : files) {
            contents.add(house.files().octets(file));
            assertThat(SealedFiles.sha256(contents.getLast())).as("what opens").isEqualTo(file.sha256());
        }
        var arrived = new ArrayList<Arrival>();
        for (var wanted : send.arrives().entrySet()) {
            var transaction = house.next().await("the copy for " + wanted.getKey(), each -> each.to().contains(wanted.getKey())
                && isAbout(each, delivery, house.next().taken().indexOf(each) >= sent.taken()), PATIENCE);
            var arrival = new Arrival(wanted.getKey(), transaction, sent.message(), contents, house.link(), sent.quoted());
            arrived.add(arrival);
            for (var check : wanted.getValue()) {
                try {
                    arrival.hold(check);
                } catch (AssertionError differs) {
                    throw new AssertionError("for " + wanted.getKey() + ", '" + check.name() + "': " + differs.getMessage(), differs);
                }
            }
        }
        if (send.outbox().isPresent()) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(house.installation().data().texts(
                "select kind || ' ' || state from outbox where delivery_id = '" + delivery + "' order by 1")).as("outbox").isEqualTo(send.outbox().get()));
        }
        return arrived;
    }

    /** Once nothing waits any more: each recipient got as many copies as the case says, and what else came was for the sender, from nobody. */
    private static void nobodyElseGetsAnything(Houses.House house, Case.Send send, List<UUID> accepted, int seen) {
        for (var delivery : accepted) {
            await().pollDelay(Duration.ZERO).atMost(PATIENCE).until(() -> house.installation().data().number(
                "select count(*) from outbox where state in ('DUE', 'CLAIMED') and delivery_id = '" + delivery + "'") == 0);
        }
        var copies = new TreeMap<String, Integer>();
        for (var transaction : house.next().seen().stream().skip(seen).toList()) {
            if (accepted.stream().anyMatch(delivery -> isAbout(transaction, delivery, false))) {
                transaction.to().forEach(recipient -> copies.merge(recipient, 1, Integer::sum));
            } else {
                assertThat(transaction.from()).as("who sends what names no delivery of this case:\n" + transaction.text()).isEmpty();
                assertThat(transaction.to()).as("who is told about it").containsExactly(send.from());
            }
        }
        assertThat(copies).as("how often each recipient was sent a copy").isEqualTo(send.copies());
    }

    private static Case.FoundFile found(SealedFiles.FileRow file) {
        return new Case.FoundFile(file.name(), file.type(), file.sealed().plainOctets(), file.sha256());
    }

    /** A copy names its delivery; a notice or report comes from nobody, after the case has begun. */
    private static boolean isAbout(Transaction transaction, UUID delivery, boolean after) {
        var received = OUR_RECEIVED.matcher(transaction.text());
        return received.find() ? received.group(1).equals(delivery.toString()) : after && transaction.from().isEmpty();
    }
}
