package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.embedded.Tools;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Visitor;

/** A message with a real signature, which one recipient gets as a file behind a link, another as it came, and a third as it came, later. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignedWholeTest {

    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");

    private Installation installation;
    private String pages;

    @BeforeAll
    void theHouseOpens() {
        installation = Installation.inTheHouse("whole", """
            inside: [example.co.jp]
            rules:
              - name: whole
                when: { recipient: "@partner.example" }
                then: { hold: none, signed: link-whole }
              - name: later
                when: { recipient: "@later.example" }
                then: { hold: 5m }
              - name: at once
                then: { hold: none }
            """);
        pages = House.open().takePage();
        installation.startPages("all", "all", pages, Map.of("mail-hook.link-base", pages));
    }

    @AfterAll
    void theHouseCloses() {
        installation.close();
    }

    private static byte[] message(String name) throws IOException {
        return Files.readAllBytes(Tools.repository().resolve("tests/src/test/resources/mail/47-signed-and-encrypted").resolve(name));
    }

    /** Of one of our own mails. */
    private static String text(byte[] mail) {
        var message = new String(mail, StandardCharsets.US_ASCII);
        return new String(Base64.getMimeDecoder().decode(message.substring(message.indexOf("\r\n\r\n") + 4)), StandardCharsets.UTF_8);
    }

    /** What a mail program does with it, but for whether it knows the signer. */
    private static String verified(Path message) throws Exception {
        var openssl = new ProcessBuilder("openssl", "smime", "-verify", "-noverify", "-in", message.toString(), "-out", message + ".content")
            .redirectErrorStream(true).start();
        return new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Nobody here can see into it: that there are no attachments would be a guess, and a responder would rely on it. */
    @Test
    void ofWhatIsEncryptedItIsSaidThatThereMayBeAttachments() throws Exception {
        var reply = installation.mailServer().submits(HANAKO, List.of("saburo@later.example"), message("smime-encrypted.eml"));
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).as(reply).isTrue();
        var delivery = id.group(1);
        var subject = installation.data().texts("select subject from delivery where id = '" + delivery + "'").getFirst();
        assertThat(text(installation.inbox().octets(installation.inbox().await(HANAKO, subject)))).contains("Attachments in the mail itself: 個数は確認できません / how many, if any, can't be told");
        try (var hanako = new Visitor(pages, "hanako"); var responder = new Visitor(pages, "responder")) {
            for (var html : List.of(hanako.opens("/sent").html(), hanako.opens("/sent/" + delivery).html(), responder.opens("/admin/deliveries").html(),
                    responder.opens("/admin/deliveries/" + delivery).html())) {
                assertThat(html).containsPattern("Perhaps attachments in the mail itself|メールに添付されている可能性あり");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"smime-signed.eml", "smime-opaque.eml"})
    void theSignatureOfWhatIsDownloadedVerifies(String name, @TempDir Path folder) throws Exception {
        byte[] message = message(name);
        var reply = installation.mailServer().submits(HANAKO, List.of(TARO, JIRO, "saburo@later.example"), message);
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).as(reply).isTrue();
        var delivery = id.group(1);
        var subject = installation.data().texts("select subject from delivery where id = '" + delivery + "'").getFirst();
        assertThat(new String(installation.inbox().octets(installation.inbox().await(JIRO, subject)), StandardCharsets.ISO_8859_1)).as("as it came")
            .endsWith(new String(message, StandardCharsets.ISO_8859_1));
        assertThat(text(installation.inbox().octets(installation.inbox().await(HANAKO, subject)))).as("the notice of what waits").contains("saburo@later.example")
            .containsPattern("Attachments in the mail itself \\(1, [0-9]+ B\\):\r\n  a[.]pdf \\([0-9]+ B\\)\r\n");
        var token = installation.inbox().token(installation.inbox().await(TARO, subject));
        try (var taro = new Visitor(pages, "taro"); var jiro = new Visitor(pages, "jiro"); var hanako = new Visitor(pages, "hanako");
                var responder = new Visitor(pages, "responder")) {
            var page = taro.opens("/d/" + token + "/files").html();
            assertThat(page).contains("signed-message.eml").doesNotContain("a.pdf");
            var file = FILE.matcher(page).results().map(found -> found.group(1)).distinct().toList();
            assertThat(file).hasSize(1);
            var ticket = taro.ticket(token, file.getFirst());
            var downloaded = taro.gets(ticket, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(downloaded.statusCode()).isEqualTo(200);
            assertThat(downloaded.body()).isEqualTo(message);
            assertThat(downloaded.headers().firstValue("Content-Disposition").orElse("")).startsWith("attachment; filename=\"signed-message.eml\"");
            assertThat(verified(Files.write(folder.resolve("downloaded.eml"), downloaded.body()))).contains("Verification successful");
            assertThat(verified(Files.write(folder.resolve("changed.eml"), new String(message, StandardCharsets.ISO_8859_1).replaceFirst("(\r\n\r\n(?s:.*)\r\n[A-Za-z0-9+/]{10})[A-Za-z]", "$1/")
                .getBytes(StandardCharsets.ISO_8859_1)))).as("of another it doesn't").doesNotContain("Verification successful");
            assertThat(jiro.opens("/d/" + token + "/files").status()).isEqualTo(403);
            assertThat(hanako.opens("/sent/" + delivery).html()).contains("signed-message.eml", TARO, JIRO).containsPattern("1 attachment in the mail itself|メールに添付のまま 1 個");
            for (var path : List.of("/admin/deliveries", "/admin/deliveries/" + delivery)) {
                assertThat(responder.opens(path).html()).as(path).containsPattern("1 attachment in the mail itself|メールに添付のまま 1 個");
            }
            assertThat(hanako.presses("/sent/" + delivery + "/revoke", Map.of("file", file.getFirst())).status()).isEqualTo(200);
            assertThat(taro.gets(ticket, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(410);
        }
        assertThat(installation.data().texts("select r.address from access_grant g join recipient r on r.id = g.recipient_id where g.delivery_id = '" + delivery + "'"))
            .containsExactly(TARO);
    }
}
