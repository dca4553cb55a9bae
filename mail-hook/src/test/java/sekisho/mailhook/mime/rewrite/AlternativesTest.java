package sekisho.mailhook.mime.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.mime.CmsOctets;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.PgpText;
import sekisho.mailhook.mime.Reading;
import sekisho.mailhook.mime.SplitMessage;

/** Pitfalls 44, 47 and 48: whichever alternative is shown has the block; what is signed, encrypted or an invitation stays what it is. */
class AlternativesTest {

    private static final String URL = SplitMessage.URL;
    private static final String PLAIN = lines("Content-Type: text/plain", "", "Hello");
    private static final String HTML = lines("Content-Type: text/html", "", "<html><body>Hello</body></html>");
    private static final String PDF = lines("Content-Type: application/pdf; name=a.pdf", "", "%PDF-1.7 secret");
    private static final String ENRICHED = lines("Content-Type: text/enriched", "", "<bold>Hello</bold>");
    private static final String AMP = lines("Content-Type: text/x-amp-html", "", "<html amp4email><body>Hello</body></html>");
    private static final String IMAGE = lines("Content-Type: image/png", "Content-ID: <i@x>", "Content-Transfer-Encoding: base64", "",
            Base64.getEncoder().encodeToString("\u0089PNG\r\n\u001A\n and pixels".getBytes(StandardCharsets.ISO_8859_1)));
    private static final String INVITATION = lines("Content-Type: text/calendar; method=REQUEST; charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
            "BEGIN:VCALENDAR", "METHOD:REQUEST", "DESCRIPTION:打ち合わせ", "END:VCALENDAR");
    private static final String PGP = lines("Content-Type: text/plain", "", "-----BEGIN PGP SIGNED MESSAGE-----", "", "Hello", "-----BEGIN PGP SIGNATURE-----", "",
            "x", "-----END PGP SIGNATURE-----");

    private static int boundaries;

    private static String multipart(String type, String... parts) {
        String boundary = "=_b" + ++boundaries;
        var text = new StringBuilder("Content-Type: multipart/" + type + "; boundary=\"" + boundary + "\"\r\n\r\n");
        for (String part : parts) {
            text.append("--").append(boundary).append("\r\n").append(part).append("\r\n");
        }
        return text.append("--").append(boundary).append("--\r\n").toString();
    }

    private static String signed(String inner) {
        return multipart("signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256", inner, lines("Content-Type: application/pkcs7-signature; name=smime.p7s",
                "Content-Transfer-Encoding: base64", "", CmsOctets.base64(CmsOctets.signature())));
    }

    private static String linked(String message) {
        return linked(message, Place.TOP);
    }

    private static String linked(String message, Place place) {
        byte[] octets = Reading.linked(("Subject: x\r\nMIME-Version: 1.0\r\n" + message).getBytes(StandardCharsets.UTF_8),
                new LinkBlock(SplitMessage.ENGLISH.text(), SplitMessage.ENGLISH.ascii(), "<p>" + URL + "</p>\r\n", place));
        return new String(octets, StandardCharsets.UTF_8);
    }

    private static List<String> shows(String message) {
        return Reading.texts(message.getBytes(StandardCharsets.UTF_8)).stream().map(t -> t.type().substring(5) + (t.text().contains(URL) ? "+" : "-")).toList();
    }

    private static List<PartKind> kinds(String message) {
        return SplitMessage.of(message).kinds();
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void everyAlternativeOfThePlainShapesHasIt(Place place) {
        assertThat(shows(linked(multipart("mixed", PLAIN, PDF), place))).containsExactly("plain+");
        assertThat(shows(linked(multipart("mixed", HTML, PDF), place))).containsExactly("html+");
        assertThat(shows(linked(multipart("mixed", multipart("alternative", PLAIN, HTML), PDF), place))).containsExactly("plain+", "html+");
        assertThat(shows(linked(multipart("mixed", multipart("alternative", PLAIN, multipart("related", HTML.replace("Hello", "<img src=cid:i@x>"), IMAGE)), PDF), place)))
                .containsExactly("plain+", "html+");
        assertThat(shows(linked(multipart("mixed", multipart("related", multipart("alternative", PLAIN, HTML.replace("Hello", "<img src=cid:i@x>")), IMAGE), PDF), place)))
                .containsExactly("plain+", "html+");
    }

    @Test
    void appleMailPutsThePdfIntoTheRicherAlternative() {
        assertThat(shows(linked(multipart("alternative", PLAIN, multipart("mixed", HTML, PDF, HTML))))).containsExactly("plain+", "html+", "html-");
        assertThat(shows(linked(multipart("alternative", PLAIN, multipart("mixed", PDF, HTML))))).containsExactly("plain+", "html+");
        assertThat(shows(linked(multipart("alternative", PLAIN, multipart("mixed", PDF))))).as("an alternative of nothing but the file is gone").containsExactly("plain+");
    }

    /** RFC 2387 §3.2 */
    @ParameterizedTest
    @ValueSource(strings = {"related; start=\"<root@x>\"", "related; start=\"root@x\"; type=\"text/html\"", "Related; START*=us-ascii''%3Croot%40x%3E"})
    void whatARelatedMultipartNamesAsItsStartHasIt(String type) {
        String root = "Content-ID: <root@x>\r\n";
        String other = "Content-ID: <other@x>\r\n" + PLAIN;
        assertThat(shows(linked(multipart("mixed", multipart(type, other, root + HTML), PDF)))).containsExactly("plain-", "html+");
        assertThat(shows(linked(multipart("mixed", multipart(type, other, root + multipart("alternative", PLAIN, HTML)), PDF)))).containsExactly("plain-", "plain+", "html+");
        assertThat(shows(linked(multipart("mixed", multipart("alternative", PLAIN, multipart(type, other, root + HTML)), PDF)))).containsExactly("plain+", "plain-", "html+");
        assertThat(shows(linked(multipart(type, other, root + HTML, PDF)))).containsExactly("plain-", "html+");
    }

    @Test
    void aRelatedWhoseFirstPartCannotHaveItHasItBeside() {
        String hidden = "Content-Type: text/html\r\n\r\n<html><body><template><p>x</p></template>Hello</body></html>\r\n";
        for (String first : List.of(hidden, PGP)) {
            String alone = linked(multipart("mixed", multipart("related", first, "Content-ID: <c@x>\r\n" + PLAIN), PDF));
            assertThat(shows(alone)).as("a part of its own").startsWith("plain+", "html+");
            String inside = linked(multipart("mixed", multipart("alternative", PLAIN, multipart("related", first, "Content-ID: <c@x>\r\n" + PLAIN)), PDF));
            assertThat(shows(inside)).as("outside of all alternatives").startsWith("plain+", "html+");
        }
    }

    @Test
    void aStartThatCannotHaveItHasItBeside() {
        String type = "related; start=\"<root@x>\"";
        String fixed = linked(multipart("mixed", multipart(type, PLAIN, "Content-ID: <root@x>\r\n" + PGP), PDF));
        assertThat(fixed).contains(PGP);
        assertThat(shows(fixed)).containsExactly("plain+", "html+", "plain-", "plain-");
        assertThat(shows(linked(multipart(type, PLAIN, "Content-ID: <root@x>\r\n" + PDF)))).as("nothing is left of it").containsExactly("plain+");
        assertThat(shows(linked(multipart("mixed", multipart(type, PLAIN, HTML), PDF)))).as("there is none").containsExactly("plain+", "html-");
        assertThat(shows(linked(multipart("mixed", multipart("mixed; start=\"<root@x>\"", PLAIN, "Content-ID: <root@x>\r\n" + HTML), PDF)))).as("only related has one")
            .containsExactly("plain+", "html-");
    }

    @Test
    void alternativesThatCannotHaveItDoNotHideThoseThatDo() {
        String linked = linked(multipart("mixed", multipart("alternative", PLAIN, ENRICHED, AMP, HTML), PDF));
        assertThat(shows(linked)).containsExactly("plain+", "html+");
        assertThat(linked).doesNotContain("enriched", "x-amp");
        String only = linked(multipart("mixed", multipart("alternative", ENRICHED), PDF));
        assertThat(only).as("nothing else says it").contains(ENRICHED);
        assertThat(shows(only)).containsExactly("plain+", "html+");
    }

    @Test
    void whatFollowsAFirstTextIsNotTouched() {
        String footer = lines("Content-Type: text/plain", "", "A footer of the list");
        String linked = linked(multipart("mixed", PLAIN, footer, PDF));
        assertThat(linked).contains(footer);
        assertThat(shows(linked)).containsExactly("plain+", "plain-");
    }

    @Test
    void aSignedOrEncryptedPartIsBitIdenticalAndTheBlockStandsBesideIt() {
        String encrypted = multipart("encrypted; protocol=\"application/pgp-encrypted\"", lines("Content-Type: application/pgp-encrypted", "", "Version: 1"),
                lines("Content-Type: application/octet-stream", "", PgpText.MESSAGE.strip()));
        for (String sealed : List.of(signed(PLAIN), signed(multipart("mixed", PLAIN, PDF)), encrypted)) {
            String linked = linked(multipart("mixed", sealed, PDF.replace("secret", "outside")));
            assertThat(linked).contains(sealed).doesNotContain("outside");
            assertThat(kinds(linked)).startsWith(PartKind.MULTIPART, PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT);
            assertThat(shows(linked)).startsWith("plain+", "html+").filteredOn(t -> t.endsWith("+")).hasSize(2);
        }
    }

    @Test
    void aSignedMessageWithoutAnythingBesideStaysWhole() {
        for (String sealed : List.of(signed(PLAIN), signed(multipart("mixed", PLAIN, PDF)))) {
            byte[] octets = ("DKIM-Signature: v=1\r\nSubject: x\r\n" + sealed).getBytes(StandardCharsets.UTF_8);
            assertThat(SplitMessage.of(octets).layout().hasAttachments()).isFalse();
            assertThat(SplitMessage.of(octets).linked(SplitMessage.BLOCK)).isEqualTo(octets);
        }
    }

    @Test
    void aSignedAlternativeHasTheBlockOutsideOfAll() {
        String alternatives = multipart("alternative", PLAIN, signed(HTML));
        String linked = linked(multipart("mixed", alternatives, PDF));
        assertThat(linked).contains(alternatives);
        assertThat(shows(linked)).startsWith("plain+", "html+");
    }

    @Test
    void inlinePgpIsBitIdenticalWhereverItBegins() {
        String late = PGP.replace("\r\n\r\n-----BEGIN PGP SIGNED", "\r\n\r\n" + "Dear all, this goes on.\r\n".repeat(5000) + "-----BEGIN PGP SIGNED");
        for (String pgp : List.of(PGP, late, PGP.replace("text/plain", "text/html").replace("-----BEGIN PGP S", "<pre>------BEGIN PGP S"))) {
            String linked = linked(multipart("mixed", pgp, PDF));
            assertThat(linked).contains(pgp);
            assertThat(shows(linked)).startsWith("plain+", "html+").hasSize(3);
            String alternative = multipart("alternative", pgp, HTML);
            assertThat(linked(multipart("mixed", alternative, PDF))).as("not in one alternative and not in the other").contains(alternative);
        }
    }

    @Test
    void anInvitationStaysOneAndOnlyItsTextsChange() {
        String linked = linked(multipart("mixed", multipart("alternative", PLAIN, HTML, INVITATION), PDF));
        assertThat(linked).contains(INVITATION).doesNotContain("%PDF");
        assertThat(shows(linked)).containsExactly("plain+", "html+");
        assertThat(kinds(linked)).containsExactly(PartKind.MULTIPART, PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT, PartKind.CALENDAR);
        String alone = linked(multipart("mixed", INVITATION, PDF));
        assertThat(alone).contains(INVITATION);
        assertThat(shows(alone)).containsExactly("plain+", "html+");
    }

    @Test
    void nothingIsLeftOfWhatHeldOnlyAttachments() {
        String linked = linked(multipart("mixed", multipart("mixed", PDF, PDF), PLAIN, multipart("alternative", PDF)));
        assertThat(kinds(linked)).containsExactly(PartKind.MULTIPART, PartKind.TEXT);
        assertThat(linked.split("multipart/", -1)).hasSize(2);
        String all = linked(multipart("mixed", PDF, multipart("mixed", PDF)));
        assertThat(kinds(all)).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT);
        assertThat(all).doesNotContain("=_b", "mixed");
        assertThat(shows(all)).containsExactly("plain+", "html+");
    }

    @Test
    void aCopyThatIsWrittenAgainIsTheSame() {
        for (String message : List.of(multipart("mixed", signed(PLAIN), PDF), PDF, multipart("related; type=\"text/html\"", PGP, PDF))) {
            assertThat(linked(message)).isEqualTo(linked(message));
        }
    }

    @Test
    void aRelatedMessageWithoutATextThatTakesItIsWrappedWhole() {
        String related = multipart("related; type=\"text/plain\"", PGP, PDF);
        String linked = linked("Content-Language: ja\r\nX-Kept: yes\r\n" + related);
        assertThat(linked).contains(PGP, "X-Kept: yes\r\nContent-Type: multipart/mixed").doesNotContain("%PDF");
        assertThat(shows(linked)).containsExactly("plain+", "html+", "plain-");
        assertThat(kinds(linked)).containsExactly(PartKind.MULTIPART, PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT, PartKind.MULTIPART, PartKind.TEXT);
    }
}
