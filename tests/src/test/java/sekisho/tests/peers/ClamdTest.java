package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.embedded.ClamdServer;
import sekisho.embedded.FileTree;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Smime;
import sekisho.tests.Visitor;

/** Debian's clamd reads what comes in: malware is refused at the door, and while it is away policy says whether a file waits for it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClamdTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");
    private static final String WHOLE = "w@whole.example";
    private static final byte[] GOOD = Messages.octets(300_000, 21);

    private Installation installation;
    private ClamdServer clamd;
    private Path memory;
    private String pages;

    @BeforeAll
    void theScannerReadsAlong() throws IOException {   // what goes to Jiro need not be read
        installation = Installation.inTheHouse("scanned", """
            inside: [example.co.jp]
            rules:
              - name: need not be scanned
                when: { recipient: "@other.example" }
                then: { hold: none, unscanned: pass }
              - name: whole
                when: { recipient: "@whole.example" }
                then: { hold: none, signed: link-whole }
              - name: at once
                then: { hold: none }
            """);
        memory = Files.createTempDirectory(Path.of("/dev/shm"), "sekisho-clamd");
        clamd = ClamdServer.start(inMemory());
        pages = House.open().takePage();
        installation.startPages("all", "all", pages, Map.of("mail-hook.link-base", pages, "gateway.scanner.address", "127.0.0.1:" + clamd.port()));
    }

    @AfterEach
    void theScannerIsThere() {
        if (!clamd.process().isAlive()) {
            clamd = ClamdServer.startIn(clamd.folder(), clamd.port(), inMemory());
        }
    }

    /** As docs/operations/malware.md wants it, but that its files stay to be looked at. */
    private Map<String, String> inMemory() {
        return Map.of("TemporaryDirectory", memory.toString(), "LeaveTemporaryFiles", "yes");
    }

    @AfterAll
    void theHouseGoes() {
        installation.close();
        clamd.close();
        FileTree.delete(memory);
    }

    private void theScannerGoes() {
        clamd.process().close();
    }

    /** And what waits for it is due, however long it would have waited. */
    /** An attempt that began without it fails all the same, and puts the next one off: each is told to begin until all files were read. */
    private void theScannerComesBack() {
        theScannerIsThere();
        await().atMost(PATIENCE).until(() -> {
            installation.data().texts("update file set scan_due_at = now() where scan_due_at > now() returning id");
            return installation.data().number("select count(*) from file where scan_due_at is not null") == 0;
        });
    }

    private String submits(String subject, byte[] file, String... to) throws IOException {
        return installation.mailServer().submits(HANAKO, List.of(to), Messages.twoAttachments(subject, GOOD, file));
    }

    private List<String> ofDelivery(String subject, String query) {
        return installation.data().texts(query.formatted("(select id from delivery where subject = '" + subject + "')"));
    }

    private String link(String address, String subject) throws Exception {
        return installation.inbox().token(installation.inbox().await(address, subject));
    }

    private static List<String> files(Visitor visitor, String token) throws Exception {
        return FILE.matcher(visitor.opens("/d/" + token + "/files").html()).results().map(m -> m.group(1)).distinct().toList();
    }

    private static byte[] download(Visitor visitor, String token, String file) throws Exception {
        return visitor.gets(visitor.ticket(token, file), HttpResponse.BodyHandlers.ofByteArray()).body();
    }

    /** What the sender is told about copies. */
    private List<String> reports() throws IOException {
        var reports = new ArrayList<String>();
        for (var message : installation.mailbox().messages()) {
            if (message.from().isEmpty() && message.to().contains(HANAKO)) {
                reports.add(new String(installation.inbox().octets(message), StandardCharsets.UTF_8));
            }
        }
        return reports;
    }

    /** What its first part says to people. */
    private static String text(String report) {
        var encoded = report.substring(report.indexOf("base64\r\n\r\n") + "base64\r\n\r\n".length());
        int end = encoded.indexOf("\r\n--");
        return new String(Base64.getMimeDecoder().decode(end < 0 ? encoded : encoded.substring(0, end)), StandardCharsets.UTF_8);
    }

    static Stream<Arguments> malware() {
        var eicar = ClamdServer.eicar();
        var ours = ClamdServer.malware();
        return Stream.of(
            Arguments.of("EICAR", eicar, ClamdServer.EICAR_NAME),
            Arguments.of("EICAR in a ZIP", Messages.zip("eicar.com", eicar), ClamdServer.EICAR_NAME),
            Arguments.of("EICAR in a ZIP in a ZIP", Messages.zip("a.zip", Messages.zip("eicar.com", eicar)), ClamdServer.EICAR_NAME),
            Arguments.of("our own", ours, ClamdServer.MALWARE_NAME),
            Arguments.of("our own in a ZIP", Messages.zip("plan.exe", ours), ClamdServer.MALWARE_NAME),
            Arguments.of("our own in a ZIP in a ZIP", Messages.zip("a.zip", Messages.zip("plan.exe", ours)), ClamdServer.MALWARE_NAME));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malware")
    void malwareIsRefusedAtTheDoorByItsNameAndNothingOfItStays(String what, byte[] file, String name) throws Exception {
        assertThat(submits(what, file, TARO, JIRO, "ichiro@example.co.jp")).startsWith("550").contains("5.7.1 malware found in an attachment: " + name);
        assertThat(ofDelivery(what, "select id from delivery where id = %s")).isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(installation.orphans()).isEmpty();
            assertThat(installation.unfinishedUploads()).isZero();
        });
    }

    /** None of it can be taken out, and none of it gets by. */
    static Stream<Arguments> malwareThatStays() {
        var eicar = ClamdServer.eicar();
        var zip = Messages.zip("eicar.com", eicar);
        var large = Messages.zip("large.bin", join(Messages.octets(300_000, 3), ClamdServer.malware()));
        return Stream.of(
            Arguments.of("in a signed message", HANAKO, Smime.clear("in a signed message", "eicar.com", eicar), ClamdServer.EICAR_NAME),
            Arguments.of("in a ZIP in a signed message", HANAKO, Smime.clear("in a ZIP in a signed message", "plan.zip", zip), ClamdServer.EICAR_NAME),
            Arguments.of("large in a signed message", HANAKO, Smime.clear("large in a signed message", "plan.zip", large), ClamdServer.MALWARE_NAME),
            Arguments.of("in an opaque one", HANAKO, Smime.opaque("in an opaque one", "eicar.com", eicar), ClamdServer.EICAR_NAME),
            Arguments.of("in a ZIP in an opaque one", HANAKO, Smime.opaque("in a ZIP in an opaque one", "plan.zip", zip), ClamdServer.EICAR_NAME),
            Arguments.of("large in an opaque one", HANAKO, Smime.opaque("large in an opaque one", "plan.zip", large), ClamdServer.MALWARE_NAME),
            Arguments.of("in a report", "", Smime.report("in a report", "plan.zip", zip), ClamdServer.EICAR_NAME),
            Arguments.of("in an image", HANAKO, Smime.shown("in an image", Smime.png(eicar)), ClamdServer.EICAR_NAME),
            Arguments.of("behind an image", HANAKO, Smime.shown("behind an image", join(Smime.png(new byte[0]), eicar)), ClamdServer.EICAR_NAME),
            Arguments.of("behind a beginning", HANAKO, Smime.forged("behind a beginning", eicar), ClamdServer.EICAR_NAME));
    }

    private static byte[] join(byte[] first, byte[] second) {
        var joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malwareThatStays")
    void malwareIsRefusedWhereverInTheMessageItStays(String where, String from, byte[] message, String name) throws Exception {
        for (var to : List.of(TARO, JIRO, "ichiro@example.co.jp", WHOLE)) {
            assertThat(installation.mailServer().submits(from, List.of(to), message)).as(to).startsWith("550").contains("5.7.1 malware found in an attachment: " + name);
        }
        assertThat(ofDelivery(where, "select id from delivery where id = %s")).isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(installation.orphans()).isEmpty();
            assertThat(installation.unfinishedUploads()).isZero();
        });
    }

    static Stream<Arguments> harmless() {
        return Stream.of(
            Arguments.of("Signed", HANAKO, Smime.clear("Signed", "plan.bin", GOOD), "true"),
            Arguments.of("Opaque", HANAKO, Smime.opaque("Opaque", "plan.bin", GOOD), "true"),
            Arguments.of("Report", "", Smime.report("Report", "plan.bin", GOOD), "false"),
            Arguments.of("Image", HANAKO, Smime.shown("Image", Smime.png(GOOD)), "false"));
    }

    /** There is no file that could wait for the scanner; so the message waits at its mail server. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("harmless")
    void whatStaysGoesOnAsItCameOnceTheScannerHasReadIt(String subject, String from, byte[] message, String attached) throws Exception {
        theScannerGoes();
        assertThat(installation.mailServer().submits(from, List.of(TARO), message)).startsWith("451").contains("4.7.1");
        assertThat(ofDelivery(subject, "select id from delivery where id = %s")).isEmpty();
        assertThat(installation.mailServer().submits(from, List.of(JIRO), message)).as("whose rule lets it go").startsWith("250");
        theScannerIsThere();
        assertThat(installation.mailServer().submits(from, List.of(TARO), message)).startsWith("250");
        var arrived = installation.inbox().octets(installation.inbox().await(TARO, subject));
        var text = new String(message, StandardCharsets.ISO_8859_1);
        assertThat(new String(arrived, StandardCharsets.ISO_8859_1)).contains(text.substring(text.indexOf("MIME-Version")).strip());
        assertThat(installation.data().texts("select distinct attached::text from delivery where subject = '" + subject + "'"))
            .as("whether a password mail is looked for").containsExactly(attached);
        assertThat(installation.data().texts("select f.id::text from file f join delivery d on d.id = f.delivery_id where d.subject = '" + subject + "'")).isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.orphans()).isEmpty());
    }

    static Stream<Arguments> signed() {
        return Stream.of(Arguments.of("Whole", GOOD, "CLEAN RELEASED"), Arguments.of("Whole and infected", ClamdServer.eicar(), "INFECTED CANCELLED"),
            Arguments.of("Whole and infected in a ZIP", Messages.zip("eicar.com", ClamdServer.eicar()), "INFECTED CANCELLED"));
    }

    /** The message is a file that waits; but not where only we unpack what is in it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("signed")
    void aSignedMessageThatGoesWholeIsScannedOnceTheScannerIsBack(String subject, byte[] file, String becomes) throws Exception {
        theScannerGoes();
        assertThat(installation.mailServer().submits(HANAKO, List.of(WHOLE), Smime.opaque(subject, "plan.bin", file))).startsWith("451").contains("4.7.1");
        assertThat(installation.mailServer().submits(HANAKO, List.of(WHOLE), Smime.clear(subject, "plan.bin", file))).startsWith("250").contains("held");
        assertThat(ofDelivery(subject, "select scan from file where delivery_id = %s")).containsExactly("UNSCANNED");
        theScannerComesBack();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(ofDelivery(subject,
            "select f.scan || ' ' || r.hold from file f join recipient r using (delivery_id) where delivery_id = %s")).containsExactly(becomes));
    }

    @Test
    void whatTheScannerHasReadOpensAtOnce() throws Exception {
        assertThat(submits("Scanned", Messages.zip("plan.txt", GOOD), TARO)).startsWith("250 2.6.0");
        var token = link(TARO, "Scanned");
        assertThat(ofDelivery("Scanned", "select scan from file where delivery_id = %s")).containsExactly("CLEAN", "CLEAN");
        try (var taro = new Visitor(pages, "taro")) {
            assertThat(download(taro, token, files(taro, token).getFirst())).isEqualTo(GOOD);
        }
    }

    /** The files below a folder that hold {@code octets} as they are. */
    private static List<Path> holding(byte[] octets, Path folder) throws IOException {
        var sought = new String(octets, StandardCharsets.ISO_8859_1);
        var found = new ArrayList<Path>();
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(sought)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static List<Path> ofClamdInTheUsualFolder() throws IOException {
        try (var entries = Files.list(Path.of("/tmp"))) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("clamav-")).toList();
        }
    }

    @Test
    void whatTheScannerKeepsWhileItReadsLiesInMemoryAlone() throws Exception {
        byte[] plan = Messages.octets(200_000, 77);
        byte[] middle = Arrays.copyOfRange(plan, 50_000, 50_200);
        var before = ofClamdInTheUsualFolder();
        assertThat(submits("In memory", Messages.zip("plan.bin", plan), TARO)).startsWith("250 2.6.0");
        assertThat(ofDelivery("In memory", "select scan from file where delivery_id = %s")).containsExactly("CLEAN", "CLEAN");
        assertThat(Files.getFileStore(memory).type()).isEqualTo("tmpfs");
        assertThat(holding(middle, memory)).as("clamd keeps what it has unpacked").isNotEmpty();
        assertThat(holding(middle, clamd.folder())).isEmpty();
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() ->   // files of the mailbox come and go
            assertThat(holding(middle, installation.stage().folder())).isEmpty());
        assertThat(ofClamdInTheUsualFolder()).isEqualTo(before);
    }

    @Test
    void whileTheScannerIsAwayAFileIsShutUntilItWasRead() throws Exception {
        theScannerGoes();
        assertThat(submits("Shut until read", GOOD, TARO)).startsWith("250 2.6.0");
        var delivery = ofDelivery("Shut until read", "select id from delivery where id = %s").getFirst();
        try (var hanako = new Visitor(pages, "hanako")) {
            hanako.opens("/sent/" + delivery);
            assertThat(hanako.presses("/sent/" + delivery + "/send-now", Map.of()).status()).isEqualTo(200);
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(ofDelivery("Shut until read", "select scan_attempts from file where delivery_id = %s"))
            .as("tries to read it while the scanner is away").doesNotContain("0"));
        assertThat(ofDelivery("Shut until read", "select hold from recipient where delivery_id = %s")).as("also after 'send now'").containsExactly("HELD");
        assertThat(installation.inbox().count(TARO, "Shut until read")).isZero();

        theScannerComesBack();
        var token = link(TARO, "Shut until read");
        assertThat(ofDelivery("Shut until read", "select scan from file where delivery_id = %s")).containsExactly("CLEAN", "CLEAN");
        try (var taro = new Visitor(pages, "taro")) {
            assertThat(download(taro, token, files(taro, token).getFirst())).isEqualTo(GOOD);
        }
    }

    @Test
    void wherePolicyLetsItPassItOpensWhileTheScannerIsAwayAndIsShutWhenMalwareIsFoundLater() throws Exception {
        theScannerGoes();
        assertThat(submits("Passes unread", Messages.zip("plan.exe", ClamdServer.malware()), JIRO, TARO)).startsWith("250 2.6.0");
        var token = link(JIRO, "Passes unread");
        assertThat(ofDelivery("Passes unread", "select scan from file where delivery_id = %s")).containsExactly("UNSCANNED", "UNSCANNED");
        try (var jiro = new Visitor(pages, "jiro")) {
            var files = files(jiro, token);
            assertThat(download(jiro, token, files.getFirst())).isEqualTo(GOOD);
            assertThat(jiro.ticket(token, files.getLast())).as("the other file, too").isNotEmpty();

            theScannerComesBack();
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(ofDelivery("Passes unread", "select scan from file where delivery_id = %s order by position")).containsExactly("CLEAN", "INFECTED");
                assertThat(jiro.ticket(token, files.getLast())).as("what is malware").isEmpty();
            });
            assertThat(jiro.ticket(token, files.getFirst())).as("what is not").isNotEmpty();
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(ofDelivery("Passes unread", "select kind || ' ' || state from outbox where delivery_id = %s and kind = 'DSN'"))
                .as("one report for each recipient").containsExactly("DSN SENT", "DSN SENT");
            assertThat(reports()).as("who waited for the scanner").anySatisfy(report -> {
                assertThat(report).contains("Final-Recipient: rfc822; " + TARO, "Action: failed", "Status: 5.7.1");
                assertThat(text(report)).contains(ClamdServer.MALWARE_NAME);
            });
            assertThat(reports()).as("who did not").anySatisfy(report ->
                assertThat(text(report)).contains("Malware was found later", ClamdServer.MALWARE_NAME, "Nobody can open that file any more"));
        });
        assertThat(ofDelivery("Passes unread", "select hold from recipient where delivery_id = %s and address = '" + TARO + "'"))
            .as("who was to wait for the scanner").containsExactly("CANCELLED");
        assertThat(installation.inbox().count(TARO, "Passes unread")).isZero();
    }
}
