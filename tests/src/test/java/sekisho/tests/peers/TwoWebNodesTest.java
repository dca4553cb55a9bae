package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.demo.mailbox.DemoMailbox;
import sekisho.embedded.FreePorts;
import sekisho.embedded.NginxServer;
import sekisho.embedded.ProductProcess;
import sekisho.embedded.ServerException;
import sekisho.embedded.Tools;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.PortalForm;
import sekisho.tests.Visitor;

/** The roles as processes of their own: mail, two web nodes and admin, with nothing between them but database and object store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoWebNodesTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int LARGE_OCTETS = 50 << 20;
    /** By here the next 16 MiB are written down as served before they are, so for a long time nothing but the watch ends the download. */
    private static final int WELL_RESERVED_OCTETS = 17 << 20;
    private static final int WIDE_OCTETS = 8 << 20;
    /** So slow that what comes in a second is little beside that. */
    private static final int OCTETS_AT_A_TIME = 1 << 10;
    private static final int DOWNLOADS_OF_ONE_PERSON = 2;
    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern PROXY = Pattern.compile("(?s) {4}server \\{\n.*?\n {4}\\}\n");
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");

    private Installation installation;
    private String nodeA;
    private String nodeB;
    private String console;
    private String delivery;
    private ProductProcess mail;

    @BeforeAll
    void rolesStartAndALargeFileComesIn() throws Exception {
        installation = Installation.inTheHouse("roles", Policies.AT_ONCE);
        nodeA = House.open().takePage();
        nodeB = House.open().takePage();
        console = House.open().takePage();
        mail = installation.start("mail", Map.of());
        installation.startPages("web", "web-a", nodeA, Map.of("web.download.per-person", Integer.toString(DOWNLOADS_OF_ONE_PERSON)));
        installation.startPages("web", "web-b", nodeB, Map.of());
        installation.startPages("admin", "admin", console, Map.of());
        var reply = installation.mailServer().submits(HANAKO, List.of(TARO, JIRO),
            Messages.twoAttachments("Large", Messages.octets(LARGE_OCTETS, 1), new byte[0]));
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).as(reply).isTrue();
        delivery = id.group(1);
    }

    @AfterAll
    void theHouseGoes() {
        installation.close();
    }

    @Test
    void whatTheSenderRevokesOnOneNodeIsCutOnTheOther() throws Exception {
        try (var taro = new Visitor(nodeA, "taro"); var hanako = new Visitor(nodeB, "hanako")) {
            hanako.opens("/sent/" + delivery);
            var token = token(TARO);
            try (var reader = reader(taro, token)) {
                cut("sender", TARO, reader, () -> hanako.presses("/sent/" + delivery + "/revoke", Map.of("recipient", recipient(TARO))).status());
            }
            assertThat(taro.opens("/d/" + token + "/files").status()).isEqualTo(410);
        }
    }

    @Test
    void whatTheResponderRevokesIsCutToo() throws Exception {
        try (var jiro = new Visitor(nodeB, "jiro"); var responder = new Visitor(console, "responder")) {
            var page = responder.opens("/admin/deliveries/" + delivery);
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.html()).contains(JIRO);
            var token = token(JIRO);
            try (var reader = reader(jiro, token)) {
                cut("responder", JIRO, reader, () -> responder.presses("/admin/deliveries/" + delivery + "/revoke", Map.of("recipient", recipient(JIRO))).status());
            }
            assertThat(jiro.opens("/d/" + token + "/files").status()).isEqualTo(410);
        }
    }

    @Test
    void whoeverHasAllTheirDownloadsRunningWaitsForTheirOwnAndNobodyElseDoes() throws Exception {
        assertThat(installation.mailServer().submits(HANAKO, List.of(TARO, JIRO), Messages.twoAttachments("Many at once",
            Messages.octets(LARGE_OCTETS / 2, 3), new byte[0]))).startsWith("250");
        try (var taro = new Visitor(nodeA, "taro"); var jiro = new Visitor(nodeA, "jiro")) {
            var his = ticket(taro, TARO, "Many at once");
            var running = new ArrayList<SlowReader>();
            try {
                for (int i = 0; i < DOWNLOADS_OF_ONE_PERSON; i++) {
                    running.add(SlowReader.stalled(URI.create(his), taro.cookies(his)));
                    assertThat(running.getLast().head()).startsWith("HTTP/1.1 200 ");
                }
                var refused = taro.gets(his, HttpResponse.BodyHandlers.ofString());
                assertThat(refused.statusCode()).isEqualTo(429);
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                assertThat(refused.headers().firstValue("Content-Disposition")).as("a page that says why").isEmpty();
                assertThat(begins(jiro, ticket(jiro, JIRO, "Many at once"))).as("somebody else").isEqualTo(206);
                running.removeFirst().close();
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(begins(taro, his)).as("when one of his has ended").isEqualTo(206));
            } finally {
                for (var reader : running) {
                    reader.close();
                }
            }
        }
    }

    /** As docs/operations/proxy.md has it. */
    @Test
    void aProxyInFrontHoldsNothingBack() throws Exception {
        assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), Messages.twoAttachments("By a proxy", Messages.octets(LARGE_OCTETS, 4), new byte[0])))
            .startsWith("250");
        try (var nginx = NginxServer.start((_, port) -> proxy(port)); var taro = new Visitor(nodeB, "taro"); var hanako = new Visitor(nodeB, "hanako")) {
            var ticket = URI.create(ticket(taro, TARO, "By a proxy"));
            var id = installation.data().texts("select id from delivery where subject = 'By a proxy'").getFirst();
            hanako.opens("/sent/" + id);
            try (var reader = new SlowReader(URI.create("http://localhost:" + nginx.port() + ticket.getRawPath()), taro.cookies(ticket.toString()))) {
                assertThat(reader.head()).startsWith("HTTP/1.1 200 ");
                await().atMost(PATIENCE).until(() -> reader.octets() > WELL_RESERVED_OCTETS);
                reader.goOn(OCTETS_AT_A_TIME);
                assertThat(nginx.putAside()).as("a download on the proxy's disk").isEmpty();
                assertThat(hanako.presses("/sent/" + id + "/revoke", Map.of()).status()).isEqualTo(200);
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().texts("select type from audit_event where delivery_id = '" + id + "'")).contains("DOWNLOAD_CUT"));
                reader.goOn();
                reader.awaitEnd();
                assertThat(reader.octets()).as("with what was on its way").isLessThan(LARGE_OCTETS - WIDE_OCTETS);
            }
            var body = PortalForm.body("", TARO, "Up by a proxy", new byte[LARGE_OCTETS]);
            try (var half = PortalForm.of(hanako, nodeB).begins(nginx.port(), body, LARGE_OCTETS / 2)) {
                await().atMost(PATIENCE).until(() -> installation.unfinishedUploads() > 0);
                assertThat(nginx.putAside()).as("an upload on the proxy's disk").isEmpty();
                assertThat(half.ends()).startsWith("HTTP/1.1 303 ");
            }
        }
    }

    /** The page's lines but for TLS. */
    private String proxy(int port) {
        try {
            var block = PROXY.matcher(Files.readString(Tools.repository().resolve("docs/operations/proxy.md")));
            assertThat(block.find()).isTrue();
            return block.group().replace("listen 443 ssl", "listen 127.0.0.1:" + port).replaceAll("ssl_certificate[^;]*;", "")
                .replace("127.0.0.1:8080", "127.0.0.1:" + URI.create(nodeB).getPort());
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private String ticket(Visitor visitor, String address, String subject) throws Exception {
        var token = installation.inbox().token(installation.inbox().await(address, subject));
        var file = FILE.matcher(visitor.opens("/d/" + token + "/files").html());
        assertThat(file.find()).isTrue();
        return visitor.ticket(token, file.group(1));
    }

    /** Asks for the first octets. */
    private static int begins(Visitor visitor, String download) throws Exception {
        return visitor.gets(download, HttpResponse.BodyHandlers.discarding(), "Range", "bytes=0-9").statusCode();
    }

    /** Begins to download the large file, and comes back when part of it is there and the rest comes slowly. */
    private SlowReader reader(Visitor visitor, String token) throws Exception {
        var files = FILE.matcher(visitor.opens("/d/" + token + "/files").html()).results().map(m -> m.group(1)).distinct().toList();
        assertThat(files).hasSize(2);
        var address = visitor.ticket(token, files.getFirst());
        assertThat(address).isNotEmpty();
        var reader = new SlowReader(URI.create(address), visitor.cookies(address));
        assertThat(reader.head()).startsWith("HTTP/1.1 200 ").containsIgnoringCase("content-length: " + LARGE_OCTETS);
        await().atMost(PATIENCE).until(() -> reader.octets() > WELL_RESERVED_OCTETS);
        reader.goOn(OCTETS_AT_A_TIME);
        return reader;
    }

    private interface Revocation {
        int status() throws Exception;
    }

    private void cut(String by, String recipient, SlowReader reader, Revocation revocation) throws Exception {
        assertThat(told(recipient) - reader.octets()).as("octets that it could take yet without asking").isGreaterThan(WIDE_OCTETS);
        assertThat(revocation.status()).isEqualTo(200);
        long octetsThen = reader.octets();
        reader.awaitEnd();
        assertThat(reader.octets() - octetsThen).as("octets after the answer, of a reader that can't take more in a second")
            .isLessThanOrEqualTo(SlowReader.octetsOfASecond(OCTETS_AT_A_TIME) + SlowReader.OCTETS_ON_THE_WAY);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.data().number("select count(*) from audit_event where type = 'DOWNLOAD_CUT'"
            + " and payload like '%" + recipient(recipient) + "%'")).as("cuts in the audit log").isEqualTo(1));
        assertThat(told(recipient)).as("exposure that is told").isGreaterThanOrEqualTo(reader.octets()).isLessThan(LARGE_OCTETS);
        System.out.printf("revoked by the %s: cut %s later by the audit log, at %d of %d octets%n", by, installation.data().texts(
            "select max(occurred_at) filter (where type = 'DOWNLOAD_CUT') - max(occurred_at) filter (where type = 'ACCESS_REVOKED') from audit_event"
                + " where payload like '%" + recipient(recipient) + "%'").getFirst(), reader.octets(), LARGE_OCTETS);
    }

    private long told(String recipient) {
        return installation.data().number("select max(served_octets) from access_grant where recipient_id = '" + recipient(recipient) + "'");
    }

    private String token(String address) throws Exception {
        return installation.inbox().token(installation.inbox().await(address, "Large"));
    }

    private String recipient(String address) {
        return installation.data().texts("select id from recipient where delivery_id = '" + delivery + "' and address = '" + address + "'").getFirst();
    }

    /** The file by who serves it, with a receipt and the record of its removal; the rest of the message, which lies in the store for its length, by whoever comes first. */
    @Test
    void whatIsOverEndsThoughMailMayNotEndIt() throws Exception {
        var message = new String(Messages.twoAttachments("Over", new byte[] {1}, new byte[] {2}), StandardCharsets.ISO_8859_1)
            .replaceFirst("Dear Taro", "A line of a long message.\r\n".repeat(4_000)).getBytes(StandardCharsets.ISO_8859_1);
        var nextHop = new CompletableFuture<Optional<SmtpReply>>();
        installation.smartHostRefuses(_ -> nextHop.join());
        assertThat(installation.mailServer().submits(HANAKO, List.of(TARO), message)).startsWith("250");
        var id = installation.data().texts("select id from delivery where subject = 'Over'").getFirst();
        assertThat(installation.objects()).as("its spool").contains("s/" + id);
        installation.smartHostRefuses(DemoMailbox.REFUSALS);
        nextHop.complete(Optional.empty());
        installation.inbox().await(TARO, "Over");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(installation.objects()).as("its spool").doesNotContain("s/" + id));
        installation.data().change("update delivery set expires_at = now() where id = '" + id + "'");
        await().atMost(PATIENCE).until(() -> installation.data().number("select count(*) from delivery where expired_at is not null and id = '" + id + "'") == 1);
        installation.data().change("update delivery set shred_at = now() where id = '" + id + "'");
        await().atMost(PATIENCE).until(() -> installation.data().number("select count(*) from audit_event where type = 'OBJECT_REMOVED' and delivery_id = '" + id + "'") == 2);
        assertThat(installation.data().texts("select type from audit_event where delivery_id = '" + id + "'")).contains("DELIVERY_EXPIRED")
            .filteredOn("FILE_SHREDDED"::equals).as("receipts").hasSize(2);
        assertThat(installation.objects()).doesNotContainAnyElementsOf(installation.data().texts("select object_key from file where delivery_id = '" + id + "'"));
        assertThat(Files.readString(mail.log())).doesNotContain("permission denied", "open none", "like this");
    }

    @Test
    void noRoleIsToldAnothersSecrets() {
        assertThat(secrets("mail")).containsExactlyInAnyOrder("files.public", "spool.public", "records.public", "spool.private", "sekisho_mail");
        assertThat(secrets("web")).containsExactlyInAnyOrder("files.public", "spool.public", "records.public", "files.private", "records.private",
            "sekisho-web");
        assertThat(secrets("admin")).containsExactlyInAnyOrder("audit.private", "records.private", "sekisho-admin");
    }

    private List<String> secrets(String role) {
        return installation.stage().properties(role).values().stream().filter(value -> value.startsWith("/") && value.matches(".*/(keys|secrets)/.*"))
            .map(value -> value.substring(value.lastIndexOf('/') + 1)).filter(name -> !name.equals("sekisho_app")).toList();
    }

    @Test
    void aRoleThatIsGivenAnothersKeyDoesNotStart() {
        var files = installation.stage().keys().resolve("files.private").toString();
        for (var wrong : List.of("mail", "admin")) {
            var process = installation.stage().launch(wrong, wrong + "-with-a-key", Map.of("web.opening-key", files,
                "quarkus.http.port", Integer.toString(FreePorts.take()), "quarkus.management.port", Integer.toString(FreePorts.take())));
            assertThatExceptionOfType(ServerException.class).as(wrong).isThrownBy(process::awaitReady).withMessageContaining("unknown settings")
                .withMessageContaining("web.opening-key");
        }
    }
}
