package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stays in a message is seen all the same, and to its last octet: the name of something signed is no way around the scanner. */
class SignedContentTest {

    private static final byte[] FILE = "PK\u0003\u0004 and a file that nobody should miss".getBytes(StandardCharsets.ISO_8859_1);
    private static final String ATTACHED = lines("Content-Type: application/zip; name=plan.zip", "Content-Transfer-Encoding: base64", "", CmsOctets.base64(FILE));
    private static final String SIGNATURE = lines("Content-Type: application/pkcs7-signature; name=smime.p7s", "Content-Transfer-Encoding: base64", "",
            CmsOctets.base64(CmsOctets.signature()));
    private static final String OPAQUE = lines("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "Content-Transfer-Encoding: base64", "");

    private static String multipart(String type, String boundary, String... parts) {
        var message = new StringBuilder("Content-Type: multipart/" + type + "; boundary=" + boundary + "\r\n\r\n");
        for (String part : parts) {
            message.append("--").append(boundary).append("\r\n").append(part).append("\r\n");
        }
        return message.append("--").append(boundary).append("--\r\n").toString();
    }

    private static String letter() {
        return multipart("mixed", "m", lines("Content-Type: text/plain", "", "see"), ATTACHED);
    }

    private static SplitMessage opaque(byte[] cms) {
        return SplitMessage.of(OPAQUE + CmsOctets.base64(cms) + "\r\n");
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aFileInASignedMessageIsSeen() {
        var message = SplitMessage.of("Subject: x\r\n" + multipart("signed", "s", letter(), SIGNATURE));
        assertThat(message.kinds()).containsExactly(PartKind.SIGNED);
        assertThat(message.layout().hasAttachments()).isFalse();
        assertThat(message.enclosed()).containsExactly("plan.zip");
        assertThat(message.stayingContent("plan.zip")).isEqualTo(FILE);
        assertThat(message.shown()).containsExactly("smime.p7s");
        assertThat(message.stayingContent("smime.p7s")).isEqualTo(CmsOctets.signature());
    }

    @Test
    void anImageThatASignedTextShowsIsNoFile() {
        byte[] png = octets("\u0089PNG\r\n\u001A\n\0\0\0\0IEND\u00AEB`\u0082");
        String image = lines("Content-Type: image/png; name=%s", "Content-ID: <%s>", "Content-Transfer-Encoding: base64", "", CmsOctets.base64(png));
        String html = lines("Content-Type: text/html", "", "<img src='cid:logo'>");
        for (var parts : List.of(List.of(html, image.formatted("logo.png", "logo"), image.formatted("scan.png", "scan")),
                List.of(image.formatted("logo.png", "logo"), image.formatted("scan.png", "scan"), html))) {
            var message = SplitMessage.of(multipart("signed", "s", multipart("related", "r", parts.toArray(String[]::new)), SIGNATURE));
            assertThat(message.kinds()).containsExactly(PartKind.SIGNED);
            assertThat(message.enclosed()).containsExactly("scan.png");
            assertThat(message.shown()).containsExactlyInAnyOrder("logo.png", "smime.p7s");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 1_000_000})
    void aFileInAnOpaqueSignedMessageIsSeen(int pieceOctets) {
        for (byte[] cms : List.of(CmsOctets.signed(octets(letter())), CmsOctets.signedInPieces(octets(letter()), pieceOctets))) {
            var message = opaque(cms);
            assertThat(message.kinds()).containsExactly(PartKind.SIGNED);
            assertThat(message.linked(SplitMessage.ENGLISH)).isEqualTo(message.original);
            assertThat(message.enclosed()).containsExactly("plan.zip");
            assertThat(message.stayingContent("plan.zip")).isEqualTo(FILE);
            assertThat(message.shown()).containsExactly("smime.p7m");
            assertThat(message.stayingContent("smime.p7m")).isEqualTo(cms);
        }
    }

    @Test
    void inWhatOpenSslWroteTooAndItStaysAsItIs() {
        for (String file : List.of("smime-signed.eml", "smime-opaque.eml")) {
            var message = SplitMessage.file(file);
            assertThat(message.kinds()).as(file).containsExactly(PartKind.SIGNED);
            assertThat(message.linked(SplitMessage.ENGLISH)).as(file).isEqualTo(message.original);
            assertThat(message.enclosed()).as(file).containsExactly("a.pdf");
            assertThat(message.stayingContent("a.pdf")).as(file).startsWith(octets("%PDF-1.4"));
        }
        assertThat(SplitMessage.file("smime-encrypted.eml").kinds()).containsExactly(PartKind.ENCRYPTED);
        assertThat(SplitMessage.file("smime-encrypted.eml").enclosed()).isEmpty();
    }

    @Test
    void soItIsInSignedInsideSigned() {
        byte[] inner = octets(OPAQUE + CmsOctets.base64(CmsOctets.signed(octets(letter()))));
        var twice = opaque(CmsOctets.signed(inner));
        assertThat(twice.enclosed()).containsExactly("plan.zip");
        assertThat(twice.stayingContent("plan.zip")).isEqualTo(FILE);
        var opaqueInClear = SplitMessage.of(multipart("signed", "s", new String(inner, StandardCharsets.ISO_8859_1), SIGNATURE));
        assertThat(opaqueInClear.kinds()).containsExactly(PartKind.SIGNED);
        assertThat(opaqueInClear.enclosed()).contains("plan.zip");
        assertThat(opaqueInClear.stayingContent("plan.zip")).isEqualTo(FILE);
        var clearInOpaque = opaque(CmsOctets.signed(octets(multipart("signed", "s", letter(), SIGNATURE))));
        assertThat(clearInOpaque.enclosed()).containsExactly("plan.zip");
        assertThat(clearInOpaque.stayingContent("plan.zip")).isEqualTo(FILE);
    }

    @Test
    void signedInsideSignedEndsSomewhere() {
        byte[] message = octets("Content-Type: text/plain\r\n\r\nhello");
        for (int i = 0; i < OpaqueSigned.MOST_NESTED; i++) {
            message = octets(OPAQUE + CmsOctets.base64(CmsOctets.signed(message)));
        }
        assertThat(SplitMessage.of(message).kinds()).containsExactly(PartKind.SIGNED);
        assertThat(opaque(CmsOctets.signed(message)).refused().code()).isEqualTo("5.6.0");
    }

    /** A part of the very octets of the whole is the same again; one that only has as many isn't. */
    @Test
    void aFileAsLongAsAllThatIsSignedIsSeen() {
        String zeros = "M\r\n".repeat(20);
        byte[] file = Arrays.copyOf(FILE, FILE.length + 20 * 45);
        String part = lines("Content-Type: application/zip; name=plan.zip", "Content-Transfer-Encoding: x-uuencode", "") + UuText.uu("plan.zip", FILE).replace("`\r\n", zeros + "`\r\n");
        String fill = "X-Fill: ";
        String entity = fill + "x".repeat(file.length - fill.length() - 2 - part.length()) + "\r\n" + part;
        assertThat(entity).hasSize(file.length);
        var message = opaque(CmsOctets.signed(octets(entity)));
        assertThat(message.enclosed()).containsExactly("plan.zip");
        assertThat(message.stayingContent("plan.zip")).isEqualTo(file);
    }

    @Test
    void whatIsForbiddenInsideIsRefusedAsOutsideAndWhatIsMalformedIsAFile() {
        String two = "Content-Type: multipart/mixed; boundary=a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n";
        assertThat(SplitMessage.of(two).refused().code()).isEqualTo("5.6.0");
        assertThat(opaque(CmsOctets.signed(octets(two))).names()).containsExactly("smime.p7m");
        assertThat(opaque(CmsOctets.signed(octets(lines("Content-Type: message/partial; id=x; number=1", "", "x")))).refused().code()).isEqualTo("5.7.1");
        String many = multipart("mixed", "m", java.util.Collections.nCopies(200, ATTACHED).toArray(String[]::new));
        assertThat(opaque(CmsOctets.signed(octets(many))).refused().code()).isEqualTo("5.6.0");
    }

    /** A forged beginning, whatever follows. */
    @Test
    void whatOnlyBeginsLikeAnOpaqueMessageIsAnAttachment() {
        byte[] signed = CmsOctets.signed(octets(letter()));
        byte[] enveloped = CmsOctets.enveloped(new byte[500]);
        byte[] big = CmsOctets.signed(octets(letter()), "2a864886f70d010701", new byte[100_000]);
        byte[] hidden = CmsOctets.join(signed, FILE);
        for (byte[] forged : List.of(hidden, CmsOctets.join(enveloped, FILE), CmsOctets.join(Arrays.copyOf(enveloped, 40), FILE),
                Arrays.copyOf(signed, signed.length - 1), big, CmsOctets.enveloped("2a864886f70d0109100109", FILE))) {
            var message = opaque(forged);
            assertThat(message.names()).containsExactly("smime.p7m");
            assertThat(message.content(0)).isEqualTo(forged);
            assertThat(message.linkedText(SplitMessage.ENGLISH)).doesNotContain(CmsOctets.base64(forged).substring(0, 60)).contains("multipart/alternative");
            assertThat(message.enclosed()).isEmpty();
            assertThat(message.shown()).isSubsetOf("plan.zip");
        }
        assertThat(opaque(hidden).shown()).as("what can be told is scanned").containsExactly("plan.zip");
        assertThat(SplitMessage.of(OPAQUE).names()).as("nothing at all").containsExactly("smime.p7m");
    }

    @Test
    void whatOnlyBeginsLikeASignatureIsNone() {
        byte[] unsigned = CmsOctets.element(0x30, CmsOctets.id("2a864886f70d010702"), CmsOctets.element(0xA0, CmsOctets.element(0x30, CmsOctets.element(0x02, new byte[] {1}),
                CmsOctets.element(0x31), CmsOctets.element(0x30, CmsOctets.id("2a864886f70d010701")), CmsOctets.element(0x31))));
        for (byte[] forged : List.of(CmsOctets.join(CmsOctets.signature(), FILE), CmsOctets.signed(octets(letter())), CmsOctets.enveloped(FILE), unsigned)) {
            var message = SplitMessage.of(multipart("signed", "s", letter(), lines("Content-Type: application/pkcs7-signature; name=smime.p7s",
                    "Content-Transfer-Encoding: base64", "", CmsOctets.base64(forged))));
            assertThat(message.names()).contains("plan.zip", "smime.p7s");
            assertThat(message.layout().facts().signed()).isFalse();
            assertThat(message.enclosed()).isEmpty();
        }
    }

    /** Any attachment once passed beside that one line, and in the part behind it. */
    @Test
    void whatOnlyBeginsLikeAPgpSignatureIsNone() {
        String named = "Content-Type: application/pgp-signature; name=signature.asc\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        var signed = SplitMessage.of(multipart("signed", "s", letter(), named + CmsOctets.base64(octets(PgpText.SIGNATURE)) + "\r\n"));
        assertThat(signed.kinds()).containsExactly(PartKind.SIGNED);
        assertThat(signed.enclosed()).containsExactly("plan.zip");
        assertThat(signed.shown()).containsExactly("signature.asc");
        assertThat(SplitMessage.of(multipart("signed", "s", letter(), named.replace("signature.asc", "plan2.zip") + CmsOctets.base64(octets(PgpText.SIGNATURE)) + "\r\n"))
            .names()).as("nobody calls a signature that").containsExactly("plan.zip", "plan2.zip");
        for (String forged : List.of("-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP SIGNATURE-----\r\n" + new String(FILE, StandardCharsets.ISO_8859_1),
                PgpText.SIGNATURE + new String(FILE, StandardCharsets.ISO_8859_1), PgpText.armour("SIGNATURE", FILE), PgpText.SIGNATURE + PgpText.SIGNATURE,
                PgpText.SIGNATURE + " \r\n".repeat(30_000))) {
            var message = SplitMessage.of(multipart("signed", "s", letter(), named + CmsOctets.base64(octets(forged)) + "\r\n"));
            assertThat(message.names()).containsExactly("plan.zip", "signature.asc");
            assertThat(message.content(1)).isEqualTo(octets(forged));
            assertThat(message.layout().facts().signed()).isFalse();
            assertThat(message.enclosed()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-----BEGIN PGP MESSAGE-----\r\nPK\u0003\u0004 and a file\r\n-----END PGP MESSAGE-----\r\n", "-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n",
        "-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----\r\nname,secret\r\n"})
    void whatOnlyBeginsLikePgpIsAnAttachment(String armor) {
        var message = SplitMessage.of(multipart("encrypted", "e", lines("Content-Type: application/pgp-encrypted", "", "Version: 1"),
                "Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n" + armor));
        assertThat(message.names()).contains("encrypted.asc");
        assertThat(message.layout().facts().encrypted()).isFalse();
    }

    @Test
    void whatStaysWithoutBeingSignedIsSeenToo() {
        String png = CmsOctets.base64(octets("\u0089PNG\r\n\u001A\n and pixels"));
        var shown = SplitMessage.of(multipart("related", "r", lines("Content-Type: text/html", "", "<img src='cid:logo'>"),
                lines("Content-Type: image/png; name=logo.png", "Content-ID: <logo>", "Content-Transfer-Encoding: base64", "", png)));
        assertThat(shown.layout().hasAttachments()).isFalse();
        assertThat(shown.stayingContent("logo.png")).isEqualTo(octets("\u0089PNG\r\n\u001A\n and pixels"));
        var report = SplitMessage.of(multipart("report; report-type=delivery-status", "r", lines("Content-Type: text/plain", "", "failed"),
                lines("Content-Type: message/delivery-status", "", "Final-Recipient: rfc822; x"), "Content-Type: message/rfc822\r\n\r\nSubject: returned\r\n" + letter()));
        assertThat(report.layout().hasAttachments()).isFalse();
        assertThat(new String(report.stayingContent("returned.eml"), StandardCharsets.ISO_8859_1)).startsWith("Subject: returned").contains("plan.zip");
        var invitation = SplitMessage.of("Content-Type: text/calendar; method=REQUEST; name=a.ics\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
        assertThat(invitation.kinds()).containsExactly(PartKind.CALENDAR);
        assertThat(invitation.stayingContent("a.ics")).startsWith(octets("BEGIN:VCALENDAR"));
        var encrypted = SplitMessage.of(multipart("encrypted", "e", lines("Content-Type: application/pgp-encrypted", "", "Version: 1"),
                lines("Content-Type: application/octet-stream; name=encrypted.asc", "", PgpText.MESSAGE)));
        assertThat(encrypted.kinds()).containsExactly(PartKind.ENCRYPTED);
        assertThat(encrypted.enclosed()).isEmpty();
        assertThat(encrypted.shown()).contains("encrypted.asc");
    }

    @Test
    void textAloneIsLookedAtByNobody() {
        assertThat(SplitMessage.of("Subject: x\r\n\r\nhello").shown()).isEmpty();
        var signed = SplitMessage.of(multipart("signed", "s", lines("Content-Type: text/plain", "", "hello"), SIGNATURE));
        assertThat(signed.enclosed()).isEmpty();
        assertThat(signed.shown()).containsExactly("smime.p7s");
    }
}
