package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.ICHIRO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.embedded.FreePorts;
import sekisho.embedded.PostfixServer;
import sekisho.tests.Inbox;
import sekisho.tests.Installation;
import sekisho.tests.MailServer;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.ScriptedSmartHost;
import sekisho.tests.ScriptedSmartHost.Transaction;

/** One Postfix that hands mail to the hook, after its queue and before it, and gets it back, configured by docs/operations/postfix.md. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostfixFiltersTest {

    /** An inside address that leads to somebody outside. */
    private static final String TEAM = "team@example.co.jp";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private int afterQueue;
    private int beforeQueue;
    private int wayBack;
    private Installation installation;
    private ScriptedSmartHost outside;
    private PostfixServer postfix;

    /** Where a sender's mail program submits. */
    enum Way { AFTER_THE_QUEUE, BEFORE_THE_QUEUE }

    @BeforeAll
    void postfixIsSetUpByThePage() throws IOException {
        installation = Installation.alone(Policies.NOTHING_TO_RIVALS);
        outside = new ScriptedSmartHost(ScriptedSmartHost.EVERYTHING);
        int hook = installation.stage().ports().smtp();
        afterQueue = FreePorts.take();
        beforeQueue = FreePorts.take();
        wayBack = FreePorts.take();
        var page = ManualPage.of("postfix.md").with("[sekisho.example.co.jp]:2525", "[127.0.0.1]:" + hook).with("sekisho.example.co.jp:2525", "127.0.0.1:" + hook)
            .with("192.0.2.10:10026", "127.0.0.1:" + wayBack).with("mail-hook.smart-host.port=10026", "mail-hook.smart-host.port=" + wayBack)
            .with("192.0.2.10", "127.0.0.1").with("192.0.2.20", "127.0.0.1");
        postfix = PostfixServer.start("mail.example.co.jp", outside.port(), Map.of("virtual_alias_maps", "inline:{" + TEAM + "=" + TARO + "}"),
            page.block("after-queue/master.cf").replace("submission inet", "127.0.0.1:" + afterQueue + " inet")
                + page.block("before-queue/master.cf").replace("submission inet", "127.0.0.1:" + beforeQueue + " inet"));
        installation.start("mail", new HashMap<>(page.parameters("after-queue/sekisho.properties")));
    }

    @AfterAll
    void theHouseGoes() throws IOException {
        postfix.close();
        installation.close();
        outside.close();
    }

    private String submits(Way way, byte[] message, String... to) throws IOException {
        return new MailServer(way == Way.AFTER_THE_QUEUE ? afterQueue : beforeQueue).submits(HANAKO, List.of(to), message);
    }

    private Transaction arrives(String address, String subject) throws InterruptedException {
        return outside.await("'" + subject + "' for " + address, each -> each.to().contains(address) && each.text().contains(subject), PATIENCE);
    }

    private void nothingWaits() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(postfix.queued()).isZero());
    }

    private static long count(String text, String what) {
        return text.lines().filter(line -> line.contains(what)).count();
    }

    @ParameterizedTest
    @EnumSource
    void aMessageComesBackToPostfixOnceWithALinkOrAsItWas(Way way) throws Exception {
        var message = Messages.twoAttachments("filtered " + way, Messages.octets(20_000, 3), Messages.octets(400_000, 4));
        assertThat(submits(way, message, TARO, ICHIRO)).startsWith("250");
        var id = "Message-ID: <" + Integer.toHexString(("filtered " + way).hashCode()) + "@example.co.jp>";
        var linked = arrives(TARO, id).text();
        assertThat(Inbox.token(arrives(TARO, id).octets())).as("a link").isNotEmpty();
        assertThat(linked.length()).as("without the attachments").isLessThan(20_000);
        var original = new String(message, StandardCharsets.ISO_8859_1);
        var unchanged = arrives(ICHIRO, id).text();
        assertThat(unchanged.endsWith(original.substring(original.indexOf("From: ")))).as("for an insider as it was").isTrue();
        for (var text : List.of(linked, unchanged)) {
            assertThat(count(text, "(Sekisho) with")).as("passes through the hook").isEqualTo(1);
            assertThat(count(text, "by mail.example.co.jp (Postfix)")).as("passes through Postfix").isEqualTo(2);
        }
        nothingWaits();
        assertThat(outside.taken().stream().filter(each -> each.text().contains(id))).as("transactions").hasSize(2);
    }

    /** Behind the hook the alias would be an insider's to it, and the file would leave as it is. */
    @Test
    void afterTheQueueAnAliasIsExpandedBeforeTheHookDecides() throws Exception {
        var message = Messages.twoAttachments("to an alias", Messages.octets(20_000, 5), Messages.octets(40_000, 6));
        assertThat(submits(Way.AFTER_THE_QUEUE, message, TEAM)).startsWith("250");
        var id = "Message-ID: <" + Integer.toHexString("to an alias".hashCode()) + "@example.co.jp>";
        assertThat(Inbox.token(arrives(TARO, id).octets())).as("a link").isNotEmpty();
        nothingWaits();
        assertThat(outside.taken().stream().filter(each -> each.text().contains(id))).as("transactions").hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void eightBitsAndDotsComeThroughUnchanged(Way way) throws Exception {
        assertThat(submits(way, Messages.plain("eight bits " + way, "いろはにほへと\r\n.a dot\r\n..\r\nFrom here"), TARO)).startsWith("250");
        var id = "Message-ID: <" + Integer.toHexString(("eight bits " + way).hashCode()) + "p@example.co.jp>";
        assertThat(new String(arrives(TARO, id).octets(), StandardCharsets.UTF_8)).endsWith("\r\n\r\nいろはにほへと\r\n.a dot\r\n..\r\nFrom here\r\n")
            .doesNotContainIgnoringCase("Content-Transfer-Encoding");
    }

    @Test
    void afterTheQueueARefusalByPolicyIsPostfixsToReport() throws Exception {
        assertThat(submits(Way.AFTER_THE_QUEUE, Messages.twoAttachments("to a rival", new byte[10], new byte[10]), "ceo@rival.example")).startsWith("250");
        var bounce = arrives(HANAKO, "rivals get nothing");
        assertThat(bounce.from()).as("null reverse-path").isEmpty();
        assertThat(bounce.text()).contains("Status: 5.7.1", "Diagnostic-Code: smtp; 550-5.7.1");
        nothingWaits();
    }

    @Test
    void beforeTheQueueARefusalByPolicyIsTheReplyToTheSender() throws Exception {
        var message = Messages.twoAttachments("to a rival", new byte[10], new byte[10]);
        assertThat(submits(Way.BEFORE_THE_QUEUE, message, "ceo@rival.example")).startsWith("550-5.7.1").contains("rivals get nothing");
        assertThat(submits(Way.BEFORE_THE_QUEUE, message, TARO)).as("and the next message is taken").startsWith("250 2.6.0");
    }

    @ParameterizedTest
    @EnumSource
    void wishesForReportsAndJapaneseAddressesPassBothTimes(Way way) throws Exception {
        try (var connection = new MailServer.Connection(way == Way.AFTER_THE_QUEUE ? afterQueue : beforeQueue)) {
            for (var line : List.of("EHLO pc.example.co.jp", "MAIL FROM:<" + HANAKO + "> SMTPUTF8 BODY=8BITMIME RET=HDRS ENVID=" + way,
                    "RCPT TO:<太郎@partner.example> NOTIFY=FAILURE ORCPT=rfc822;taro@partner.example", "DATA")) {
                assertThat(connection.says(line)).as(line).matches("(?s)[23].*");
            }
            assertThat(connection.data(Messages.plain("wishes " + way, "text"))).startsWith("250");
        }
        var arrived = outside.await("with wishes", each -> each.mail().contains("ENVID=" + way), PATIENCE);
        assertThat(arrived.mail()).contains("SMTPUTF8", "RET=HDRS");
        assertThat(arrived.rcpt("太郎@partner.example")).contains("NOTIFY=FAILURE", "ORCPT=rfc822;taro@partner.example");
    }

    @Test
    void whatComesFromAnotherAddressThanTheHooksIsNotTakenBack() throws Exception {
        // the page lets 192.0.2.20 in and nobody else; here that is 127.0.0.1, so another address of loopback is a stranger
        try (var stranger = connection("127.0.0.9", wayBack)) {
            stranger.says("EHLO pc.example.co.jp");
            stranger.says("MAIL FROM:<" + HANAKO + ">");
            assertThat(stranger.says("RCPT TO:<" + TARO + ">")).startsWith("554 5.7.1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void postfixTellsForWhichClientItHandsAMessageOn(Way way) throws Exception {
        try (var client = connection("127.0.0.8", way == Way.AFTER_THE_QUEUE ? afterQueue : beforeQueue)) {
            for (var line : List.of("EHLO pc.example.co.jp", "MAIL FROM:<" + HANAKO + ">", "RCPT TO:<" + TARO + ">", "DATA")) {
                assertThat(client.says(line)).as(line).matches("(?s)[23].*");
            }
            assertThat(client.data(("Subject: from a client " + way + "\r\n\r\ntext\r\n").getBytes(StandardCharsets.US_ASCII))).startsWith("250");
        }
        assertThat(arrives(TARO, "from a client " + way).text()).containsPattern("\\(forwarded for \\[127\\.0\\.0\\.8]( as [0-9A-F]+)?\\)\\s+by sekisho\\.example\\.co\\.jp");
    }

    /** What machines of an office call themselves, and what they never should; Postfix hands each on to the hook by XFORWARD, encoded its way. */
    @ParameterizedTest
    @EnumSource
    void whateverAClientCallsItselfItsMailComesThrough(Way way) throws Exception {
        var names = List.of("山田-PC", "pc,office", "[192.168.1.5]", "[IPv6:fe80::1%eth0]", "a+41=b", "pc\\user", "\"a b\"", "pc(1)", "<pc>", "[UNAVAILABLE]", "pc_1.local.", "ä.example",
            "x".repeat(300));
        for (int i = 0; i < names.size(); i++) {
            var name = names.get(i);
            try (var client = new MailServer.Connection(way == Way.AFTER_THE_QUEUE ? afterQueue : beforeQueue)) {
                for (var line : List.of("EHLO " + name, "MAIL FROM:<" + HANAKO + "> SMTPUTF8", "RCPT TO:<" + TARO + ">", "DATA")) {
                    assertThat(client.says(line)).as("%s of %s", line, name).matches("(?s)[23].*");
                }
                assertThat(client.data(("Subject: named " + way + i + ".\r\n\r\ntext\r\n").getBytes(StandardCharsets.US_ASCII))).as(name).startsWith("250");
            }
        }
        for (int i = 0; i < names.size(); i++) {
            assertThat(arrives(TARO, "named " + way + i + ".").text()).as(names.get(i)).contains("(forwarded for [127.0.0.1]");
        }
        nothingWaits();
    }

    private static MailServer.Connection connection(String from, int to) throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", to));
        return new MailServer.Connection(socket);
    }
}
