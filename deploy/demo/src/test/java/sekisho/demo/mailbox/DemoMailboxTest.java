package sekisho.demo.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.mailhook.relay.Destination;
import sekisho.mailhook.relay.HopSettings;
import sekisho.mailhook.relay.Hosts;
import sekisho.mailhook.relay.NoticeMessage;
import sekisho.mailhook.relay.OutgoingEnvelope;
import sekisho.mailhook.relay.RelayResult;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.ReversePath;

class DemoMailboxTest {
    private static final Mailbox HANAKO = Mailbox.parse("hanako@example.co.jp");
    @TempDir
    Path folder;
    private DemoMailbox mailbox;
    private final HttpClient browser = HttpClient.newHttpClient();

    @BeforeEach
    void open() throws IOException {
        mailbox = new DemoMailbox(0, 0, folder);
    }

    @AfterEach
    void close() {
        mailbox.close();
    }

    private List<RelayResult> send(String text, String... to) throws Exception {
        try (var hop = new Destination(Hosts.listed(List.of(new Hosts.Named("127.0.0.1", mailbox.smtpPort()))), HopSettings.DEFAULT)) {
            return hop.send(new OutgoingEnvelope(new ReversePath(HANAKO), List.of(to).stream().map(one -> new Recipient(Mailbox.parse(one))).toList(), true, false, -1, null, null),
                    out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private HttpResponse<String> get(String path, String... header) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + mailbox.httpPort() + path)).timeout(Duration.ofSeconds(20));
        if (header.length > 0) {
            request.headers(header);
        }
        return browser.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void whatArrivesIsListedNewestFirstAndForEachRecipient() throws Exception {
        send("Subject: first\r\n\r\none", "taro@partner.example", "jiro@other.example");
        String japanese = new String(NoticeMessage.of("", HANAKO, Mailbox.parse("taro@partner.example"), "見積書をお送りします", "本文", false, "hook.example", Instant.now()).toOctets(),
                StandardCharsets.UTF_8);
        send(japanese, "taro@partner.example");
        assertThat(mailbox.messages()).extracting(StoredMessage::subject).containsExactly("first", "見積書をお送りします");
        String page = get("/").body();
        assertThat(page.indexOf("見積書をお送りします")).isPositive().isLessThan(page.indexOf("<strong>first"));
        assertThat(page).contains("href=\"/?to=jiro%40other.example\"", "class=\"again\" href=\"/\"").doesNotContain("http-equiv");
        assertThat(get("/?to=jiro%40other.example").body()).contains("first").doesNotContain("見積書");
        assertThat(get("/", "Accept-Language", "ja").body()).contains("<html lang=\"ja\">", "デモ用メールボックス");
        assertThat(get("/messages").body()).startsWith("[{\"id\": 2, ").contains("\"from\": \"hanako@example.co.jp\"", "\"to\": [\"taro@partner.example\", \"jiro@other.example\"]",
                "\"subject\": \"見積書をお送りします\"");
        assertThat(get("/m/2").body()).contains("本文");
        assertThat(get("/messages/1/raw").body()).isEqualTo("Subject: first\r\n\r\none\r\n");
    }

    @Test
    void nothingOfAMessageIsMarkupAndOnlyWebAddressesAreLinks() throws Exception {
        send("Subject: <script>alert(1)</script>\r\nX-\"><img src=x>: y\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
                + "<p>hi <b>there</b> https://example.co.jp/d/abc?x=1&amp;y=2. javascript:alert(1) &lt;script&gt;</p><script>alert(2)</script>", "taro@partner.example");
        String page = get("/m/1").body();
        assertThat(page).contains("&lt;script&gt;alert(1)&lt;/script&gt;",
                        "<a rel=\"noreferrer noopener\" href=\"https://example.co.jp/d/abc?x=1&amp;y=2\">https://example.co.jp/d/abc?x=1&amp;y=2</a>.")
                .doesNotContain("<script", "<img", "<b>", "href=\"javascript");
        assertThat(get("/").body()).doesNotContain("<script");
        var headers = get("/m/1").headers();
        assertThat(headers.firstValue("Content-Security-Policy")).hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'none'").doesNotContain("unsafe"));
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(get("/messages").body()).contains("\"subject\": \"<script>");
    }

    @Test
    void aMessageThatIsNoMimeStillShows() throws Exception {
        send("Content-Type: multipart/mixed\r\nContent-Transfer-Encoding: what\r\nSubject: =?x?q?\r\n\r\n--\r\nrest", "taro@partner.example");
        send("", "taro@partner.example");
        send("no header at all\r\n\u0001\u0002", "taro@partner.example");
        for (int id = 1; id <= 3; id++) {
            assertThat(get("/m/" + id).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void textWithoutACharsetIsReadAsUtf8() throws Exception {
        send("Content-Type: text/plain\r\n\r\n見積書", "taro@partner.example");
        send("Content-Type: text/plain; charset=x-unknown\r\n\r\n見積書", "taro@partner.example");
        send("Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\u001b$B8+@Q=q\u001b(B", "taro@partner.example");
        for (int id = 1; id <= 3; id++) {
            assertThat(get("/m/" + id).body()).contains("見積書");
        }
    }

    @Test
    void addressesRefuseAsTheirNamesSay() throws Exception {
        assertThat(send("x", "taro@partner.example", "tempfail@partner.example", "reject@partner.example")).satisfiesExactly(
                one -> assertThat(one).isInstanceOf(RelayResult.Delivered.class), two -> assertThat(two).isInstanceOf(RelayResult.Temporary.class),
                three -> assertThat(three).isInstanceOf(RelayResult.Permanent.class));
        assertThat(mailbox.await(1, message -> message.to().contains("taro@partner.example"), Duration.ofSeconds(20))).hasSize(1);
    }

    @Test
    void messagesAreThereAgainAfterARestartUntilTheyAreCleared() throws Exception {
        send("Subject: stays\r\n\r\nx", "taro@partner.example");
        byte[] octets = mailbox.octets(mailbox.messages().getFirst());
        var before = mailbox.messages();
        mailbox.close();
        mailbox = new DemoMailbox(0, 0, folder);
        assertThat(mailbox.messages()).isEqualTo(before);
        assertThat(mailbox.octets(mailbox.messages().getFirst())).isEqualTo(octets);
        assertThat(get("/clear").statusCode()).as("no GET changes anything").isEqualTo(405);
        assertThat(mailbox.messages()).hasSize(1);
        var clear = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + mailbox.httpPort() + "/clear")).POST(HttpRequest.BodyPublishers.noBody()).build();
        assertThat(browser.send(clear, BodyHandlers.ofString()).statusCode()).isEqualTo(303);
        assertThat(mailbox.messages()).isEmpty();
        assertThat(folder).isEmptyDirectory();
        assertThat(get("/m/1").statusCode()).isEqualTo(404);
        assertThat(get("/../../etc/passwd").statusCode()).isEqualTo(404);
        assertThat(get("/").body()).contains("Nothing has arrived yet.");
    }

    @Test
    void anotherHostNameAndAnotherSitesFormAreRefused() throws Exception {
        send("Subject: code 123456\r\n\r\nx", "taro@partner.example");
        assertThat(ask("GET /messages HTTP/1.1\r\nHost: evil.example:" + mailbox.httpPort() + "\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 403").doesNotContain("123456");
        assertThat(ask("POST /clear HTTP/1.1\r\nHost: localhost:" + mailbox.httpPort() + "\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(mailbox.messages()).hasSize(1);
    }

    private String ask(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", mailbox.httpPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
