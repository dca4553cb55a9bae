package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;
import static sekisho.tests.People.JIRO;
import static sekisho.tests.People.TARO;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.tests.House;
import sekisho.tests.Inbox;
import sekisho.tests.Messages;
import sekisho.tests.UsesTheHouse;
import sekisho.tests.Visitor;

/** One message's whole life, by SMTP and HTTP alone. */
@UsesTheHouse
class MailStoryTest {

    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern FILE = Pattern.compile("/files/([0-9a-f-]{36})");

    private final House house = House.open();
    private final Inbox inbox = new Inbox(house);
    private final byte[] csv = Messages.octets(10_000, 1);
    private final byte[] pdf = Messages.octets(300_000, 2);
    private Visitor hanako;
    private Visitor taro;

    @BeforeEach
    void peopleArrive() {
        hanako = new Visitor(house, "hanako");
        taro = new Visitor(house, "taro");
    }

    @AfterEach
    void peopleLeave() {
        hanako.close();
        taro.close();
    }

    private String sends(String subject, String... to) throws Exception {
        var reply = house.mailServer().submits(HANAKO, List.of(to), Messages.twoAttachments(subject, csv, pdf));
        assertThat(reply).startsWith("250 2.6.0");
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    private String released(String subject) throws Exception {
        var delivery = sends(subject, TARO);
        hanako.opens("/sent/" + delivery);
        assertThat(hanako.presses("/sent/" + delivery + "/send-now", Map.of()).status()).isEqualTo(200);
        return delivery;
    }

    private List<String> files(String token) throws Exception {
        var page = taro.opens("/d/" + token + "/files");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.html()).contains(Messages.JAPANESE_NAME, Messages.PLAIN_NAME);
        return FILE.matcher(page.html()).results().map(m -> m.group(1)).distinct().toList();
    }

    private static String sha256(byte[] octets) throws Exception {
        return java.util.HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
    }

    @Test
    void theSenderStopsOneRecipientAndTheOtherOpensTheFiles() throws Exception {
        var delivery = sends("Story one", TARO, JIRO, "ichiro@example.co.jp");
        var notice = inbox.await(HANAKO, "Story one");
        assertThat(notice.from()).as("null reverse-path").isEmpty();
        assertThat(new String(inbox.octets(notice), StandardCharsets.UTF_8)).contains("Auto-Submitted: auto-generated");
        var original = inbox.octets(inbox.await("ichiro@example.co.jp", "Story one"));
        assertThat(new String(original, StandardCharsets.ISO_8859_1)).as("insiders get it unchanged")
            .endsWith(new String(Messages.twoAttachments("Story one", csv, pdf), StandardCharsets.ISO_8859_1));
        assertThat(inbox.count(TARO, "Story one")).as("held").isZero();

        var page = hanako.opens("/sent/" + delivery);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.html()).contains(TARO, JIRO, Messages.JAPANESE_NAME);
        assertThat(page.html().indexOf(TARO)).as("outsiders first").isLessThan(page.html().indexOf("ichiro@example.co.jp"));
        var jiro = recipient(page.html(), JIRO);
        assertThat(hanako.presses("/sent/" + delivery + "/cancel", Map.of("recipient", jiro)).status()).isEqualTo(200);
        assertThat(hanako.presses("/sent/" + delivery + "/send-now", Map.of()).status()).isEqualTo(200);

        var message = inbox.await(TARO, "Story one");
        var text = new String(inbox.octets(message), StandardCharsets.ISO_8859_1);
        assertThat(text).doesNotContain(java.util.Base64.getEncoder().encodeToString(csv).substring(80, 140)).contains("boundary=\"inner\"").doesNotContain("plan.pdf\r\nContent");
        var token = inbox.token(message);
        var files = files(token);
        assertThat(files).hasSize(2);
        var downloaded = taro.gets(taro.ticket(token, files.getFirst()), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(downloaded.statusCode()).isEqualTo(200);
        assertThat(sha256(downloaded.body())).isEqualTo(sha256(csv));
        assertThat(downloaded.headers().firstValue("Content-Disposition").orElse("")).as("with the vendor's characters ① and ㈱")
            .isEqualTo("attachment; filename=\"file.csv\"; filename*=UTF-8''%E8%A6%8B%E7%A9%8D%E6%9B%B8%E2%91%A0%E3%88%B1.csv");
        assertThat(downloaded.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(inbox.count(JIRO, "Story one")).as("cancelled").isZero();
        try (var responder = new Visitor(house, "responder")) {
            assertThat(responder.opens("/admin/deliveries/" + delivery).html()).as("Taro, and Ichiro who has the mail as it came")
                .contains("2 人にファイルの内容が", "1 人は、メールに添付されたまま");
        }
    }

    /** The id of a recipient, from the form beside the address on the sender's page. */
    private static String recipient(String html, String address) {
        var ids = Pattern.compile("name=\"recipient\" value=\"([0-9a-f-]{36})\"").matcher(html);
        ids.region(html.indexOf(address), html.length());
        assertThat(ids.find()).as("a form for the recipient").isTrue();
        return ids.group(1);
    }

    @Test
    void theLandingTellsAStrangerNothingAndChangesNothing() throws Exception {
        released("Story two secret subject");
        var token = inbox.token(inbox.await(TARO, "Story two"));
        var page = taro.gets("/d/" + token, HttpResponse.BodyHandlers.ofString());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("example.co.jp", "t•••@partner.example").doesNotContain("secret subject", "plan.pdf", TARO, HANAKO);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse("")).contains("default-src 'none'").doesNotContain("unsafe");
        assertThat(page.headers().firstValue("Referrer-Policy")).as("links don't leak to other sites").hasValue("same-origin");
        assertThat(taro.gets("/d/AAAAAAAAAAAAAAAAAAAAAA", HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    }

    @Test
    void whoeverElseSignsInLearnsOnlyTheMaskedAddress() throws Exception {
        released("Story three");
        var token = inbox.token(inbox.await(TARO, "Story three"));
        var files = files(token);
        try (var mallory = new Visitor(house, "mallory"); var jiro = new Visitor(house, "jiro")) {
            for (var stranger : List.of(mallory, jiro, hanako)) {
                var page = stranger.opens("/d/" + token + "/files");
                assertThat(page.status()).isEqualTo(403);
                assertThat(page.html()).contains("t•••@partner.example").doesNotContain(Messages.PLAIN_NAME, TARO);
                assertThat(stranger.ticket(token, files.getFirst())).isEmpty();
                var ticket = taro.ticket(token, files.getFirst());
                assertThat(stranger.gets(ticket, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(404);
            }
        }
        try (var eve = new Visitor(house, "eve")) {
            var page = eve.opens("/d/" + token + "/files");
            assertThat(page.html()).doesNotContain(Messages.PLAIN_NAME);
            assertThat(eve.ticket(token, files.getFirst())).isEmpty();
        }
        try (var nobody = new Visitor(house, "nobody")) {
            assertThat(nobody.gets(taro.ticket(token, files.getFirst()), HttpResponse.BodyHandlers.ofString()).statusCode()).isNotEqualTo(200);
        }
    }

    @Test
    void aDownloadResumesWhereItBroke() throws Exception {
        released("Story four");
        var token = inbox.token(inbox.await(TARO, "Story four"));
        var ticket = taro.ticket(token, files(token).get(1));
        var first = taro.gets(ticket, HttpResponse.BodyHandlers.ofByteArray(), "Range", "bytes=0-99999");
        var rest = taro.gets(ticket, HttpResponse.BodyHandlers.ofByteArray(), "Range", "bytes=100000-");
        assertThat(first.statusCode()).isEqualTo(206);
        assertThat(first.headers().firstValue("Content-Range")).hasValue("bytes 0-99999/300000");
        assertThat(rest.statusCode()).isEqualTo(206);
        var whole = java.util.Arrays.copyOf(first.body(), pdf.length);
        System.arraycopy(rest.body(), 0, whole, 100_000, rest.body().length);
        assertThat(sha256(whole)).isEqualTo(sha256(pdf));
        // it counts when the server knows that the last octet has gone, which its client may know before
        await().untilAsserted(() -> assertThat(taro.opens("/d/" + token + "/files").html()).as("counted once").contains("残り 4 回").doesNotContain("残り 3 回"));
    }

    @Test
    void revokedMeansRevokedAndCanBeUndone() throws Exception {
        var delivery = released("Story five");
        var token = inbox.token(inbox.await(TARO, "Story five"));
        var files = files(token);
        var ticket = taro.ticket(token, files.getFirst());
        assertThat(hanako.presses("/sent/" + delivery + "/revoke", Map.of()).status()).isEqualTo(200);
        assertThat(taro.gets(ticket, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(410);
        assertThat(taro.ticket(token, files.getFirst())).isEmpty();
        assertThat(taro.opens("/d/" + token + "/files").status()).isEqualTo(410);
        assertThat(hanako.presses("/sent/" + delivery + "/restore", Map.of()).status()).isEqualTo(200);
        assertThat(taro.gets(ticket, HttpResponse.BodyHandlers.ofByteArray()).statusCode()).isEqualTo(200);
    }

    @Test
    void aChangeFromAnotherSiteIsRefused() throws Exception {
        var delivery = sends("Story six", TARO);
        hanako.opens("/sent/" + delivery);
        for (var origin : List.of("", "https://evil.example", "null")) {
            assertThat(hanako.posts("/sent/" + delivery + "/cancel", Map.of(), origin).statusCode()).as("Origin '" + origin + "'").isEqualTo(403);
        }
        assertThat(hanako.gets("/sent/" + delivery + "/cancel", HttpResponse.BodyHandlers.ofString()).statusCode()).isNotEqualTo(500);
        assertThat(hanako.opens("/sent/" + delivery).html()).contains("send-now");
    }

    @Test
    void logsNameNobodyAndNothing() throws Exception {
        released("Story seven top secret");
        var token = inbox.token(inbox.await(TARO, "Story seven"));
        files(token);
        assertThat(house.logs()).doesNotContain(token, "top secret", Messages.PLAIN_NAME, "taro@", "hanako@", Messages.JAPANESE_NAME);
    }
}
