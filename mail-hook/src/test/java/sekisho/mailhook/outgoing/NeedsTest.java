package sekisho.mailhook.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.OutboxItem.Kind;
import sekisho.gateway.outbox.Settlement;
import sekisho.mailhook.relay.ScriptedHop;

/** What a copy needs of the next hop is what is in it, whatever its client said and whatever was taken out. */
class NeedsTest {

    private static final String TEXT = "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    private static final String FILE = "Content-Disposition: attachment; filename=\"%s\"\r\nContent-Type: text/csv; charset=utf-8\r\n\r\n";

    @TempDir
    Path folder;
    private Copies copies;

    @BeforeEach
    void open() throws IOException {
        copies = new Copies(folder);
    }

    private static String mixed(String subject, String... parts) {
        return "From: Hanako <hanako@example.co.jp>\r\nSubject: " + subject + "\r\nMessage-ID: <m1@example.co.jp>\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + String.join("\r\n--b\r\n", parts) + "\r\n--b--\r\n";
    }

    /** The lines of MAIL and RCPT, and what became of the row, at a hop with these extensions. */
    private List<Object> sentTo(List<String> extensions, OutboxItem item) throws Exception {
        try (var hop = new ScriptedHop(ScriptedHop.offering(extensions.toArray(String[]::new)) + "< MAIL\n> 250 ok\n" + "< RCPT\n> 250 ok\n".repeat(item.rows().size())
                + "< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
            var fates = copies.attempt(item, hop, Duration.ZERO);
            var seen = new ArrayList<Object>(hop.received.stream().filter(line -> line.startsWith("MAIL")).toList());
            seen.addAll(fates);
            return seen;
        }
    }

    private void goesTo(List<String> extensions, String mail, OutboxItem item) throws Exception {
        var seen = sentTo(extensions, item);
        assertThat(seen.getFirst()).isEqualTo("MAIL FROM:<hanako@example.co.jp>" + mail);
        assertThat(seen.getLast()).isInstanceOf(Settlement.Sent.class);
    }

    private void isRefusedBy(List<String> extensions, String status, OutboxItem item) throws Exception {
        assertThat(sentTo(extensions, item)).singleElement().isInstanceOfSatisfying(Settlement.Failed.class, failed -> assertThat(failed.status()).isEqualTo(status));
    }

    private OutboxItem original(String message) throws IOException {
        return Copies.withSmtpUtf8(copies.item(Kind.ORIGINAL, copies.mail(message, null), copies.linkRow()));
    }

    private OutboxItem linked(String message) throws IOException {
        return Copies.withSmtpUtf8(copies.item(Kind.LINKED, copies.mail(message, null), copies.linkRow()));
    }

    private static String base64(String text) {
        return Base64.getMimeEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "\r\n";
    }

    /** Some clients say SMTPUTF8 of everything, and of an answer to an address outside ASCII. */
    @Test
    void aClientThatSaysSmtpUtf8OfAsciiBindsNobody() throws Exception {
        for (var extensions : List.of(List.<String>of(), List.of("8BITMIME"), List.of("8BITMIME", "SMTPUTF8"))) {
            goesTo(extensions, "", original(Copies.MAIL));
            goesTo(extensions, "", linked(Copies.MAIL));
        }
    }

    @Test
    void eightBitTextNeeds8BitMimeAndNoMore() throws Exception {
        for (var subject : List.of("plans", "=?utf-8?B?44GT?=")) {
            var message = mixed(subject, TEXT + "お世話になります\r\n", FILE.formatted("plan.csv") + "x");
            for (var item : List.of(original(message), linked(message))) {
                goesTo(List.of("8BITMIME"), " BODY=8BITMIME", item);
                goesTo(List.of("8BITMIME", "SMTPUTF8"), " BODY=8BITMIME", item);
                isRefusedBy(List.of(), "5.6.3", item);
            }
        }
    }

    /** RFC 6531 §3.6: of the message, of its parts, and of messages in it. What is encoded doesn't stand in the message as it is. */
    @ParameterizedTest
    @ValueSource(strings = {"見積", "Content-Disposition: inline; filename=\"見積.txt\"\r\n\r\nx",
        "Content-Type: message/rfc822\r\n\r\nSubject: 見積\r\n\r\nx", "Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: x\r\n"
            + "Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\nX-Name: 見積\r\n\r\nx\r\n--in--\r\n",
        "Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nSubject: 見積\r\n\r\nx",
        "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\nContent-Description: 見積\r\n\r\nx\r\n--s--\r\n"})
    void aFieldOutsideAsciiNeedsSmtpUtf8WhereverItStands(String what) throws Exception {
        var message = what.startsWith("Content") ? mixed("plans", TEXT + "x", what) : mixed(what, TEXT + "x");
        goesTo(List.of("8BITMIME", "SMTPUTF8"), " BODY=8BITMIME SMTPUTF8", original(message));
        isRefusedBy(List.of("8BITMIME"), "5.6.7", original(message));
        var unsaid = copies.item(Kind.ORIGINAL, copies.mail(message, null), copies.linkRow());
        goesTo(List.of("8BITMIME"), " BODY=8BITMIME", unsaid);   // as old programs in Japan write them, by servers that always took it
    }

    @Test
    void anEncodedMessageInsideNeedsNothing() throws Exception {
        for (var type : List.of("message/global", "application/octet-stream")) {
            goesTo(List.of(), "", original(mixed("plans", TEXT + "x", "Content-Type: " + type + "\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + base64("Subject: 見積\r\n\r\nx"))));
        }
    }

    @Test
    void whatWasTakenOutOfACopyWithALinkNeedsNothingAnyMore() throws Exception {
        var eightBitFile = mixed("plans", TEXT + "Dear Taro\r\n", FILE.formatted("plan.csv") + "見積,1\r\n");
        goesTo(List.of(), "", linked(eightBitFile));
        isRefusedBy(List.of(), "5.6.3", original(eightBitFile));
        var namedOutsideAscii = mixed("plans", TEXT + "Dear Taro\r\n", FILE.formatted("見積.csv") + "x\r\n");
        goesTo(List.of(), "", linked(namedOutsideAscii));
        goesTo(List.of("8BITMIME"), "", linked(namedOutsideAscii));
        isRefusedBy(List.of("8BITMIME"), "5.6.7", original(namedOutsideAscii));
    }

    @Test
    void aRecipientOutsideAsciiKeepsNobodyElseFromTheMessage() throws Exception {
        var rows = new OutboxItem.Row[] {copies.row("taro@x.example", null), copies.row("太郎@x.example", null), copies.row("jiro@x.example", null)};
        var item = Copies.withSmtpUtf8(copies.item(Kind.ORIGINAL, copies.mail(null), rows));
        try (var hop = new ScriptedHop(ScriptedHop.offering("8BITMIME") + "< MAIL FROM:<hanako@example.co.jp>\n> 250 ok\n< RCPT TO:<taro@x.example>\n> 250 ok\n"
                + "< RCPT TO:<jiro@x.example>\n> 250 ok\n< DATA\n> 354 go\ndata\n> 250 ok\nhang\n")) {
            var fates = copies.attempt(item, hop, Duration.ZERO);
            assertThat(fates).extracting(Settlement::row).containsExactly(rows[0].id(), rows[1].id(), rows[2].id());
            assertThat(fates.get(0)).isInstanceOf(Settlement.Sent.class);
            assertThat(fates.get(1)).isInstanceOfSatisfying(Settlement.Failed.class, failed -> assertThat(failed.status()).isEqualTo("5.6.7"));
            assertThat(fates.get(2)).isInstanceOf(Settlement.Sent.class);
            assertThat(hop.faults).isEmpty();
        }
        goesTo(List.of("8BITMIME", "SMTPUTF8"), " BODY=8BITMIME SMTPUTF8", item);
    }

    @Test
    void amongThePortalsRecipientsToo() throws Exception {
        var item = Copies.withSmtpUtf8(copies.item(Kind.ORIGINAL, copies.portal("plans", "see there"), copies.linkRow()));
        goesTo(List.of(), "", item);
    }
}
