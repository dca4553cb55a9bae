package sekisho.mailhook.mime.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import sekisho.mailhook.mime.CmsOctets;
import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.PgpText;
import sekisho.mailhook.mime.SplitMessage;
import sekisho.mailhook.mime.block.WholeNotice;

/** What is sent in place of a signed message to whoever gets that as a file. */
class WholeCopyTest {

    private static final LinkBlock BLOCK = WholeNotice.above(SplitMessage.BLOCK, Language.BOTH);
    private static final String WHO = lines("Received: from mail.example.co.jp; Sun, 22 Nov 2026 10:00:00 +0900", "From: Hanako <hanako@example.co.jp>",
        "Sender: office@example.co.jp", "Reply-To: sales@example.co.jp", "To: Taro <taro@partner.example>,", "\tjiro@partner.example", "Cc: ichiro@example.co.jp",
        "Subject: =?utf-8?B?6KaL56mN?=", "Date: Sun, 22 Nov 2026 10:00:00 +0900", "Message-ID: <1@example.co.jp>", "In-Reply-To: <0@partner.example>",
        "References: <a@partner.example>", " <0@partner.example>", "List-Id: <l.example.co.jp>");
    private static final String SIGNED = lines("Content-Type: multipart/signed; boundary=s; protocol=\"application/pgp-signature\"", "", "--s",
        "Content-Type: text/plain", "", "secret text", "--s", "Content-Type: application/pgp-signature", "", PgpText.SIGNATURE, "--s--");

    private static String copy(String message) {
        return new String(SplitMessage.of(message).whole(BLOCK, HeaderEdits.modified(List.of("X-Ours: 1"))), StandardCharsets.ISO_8859_1);
    }

    @Test
    void itSaysWhoWroteToWhomWhenAndAboutWhatAndNothingOfTheContent() {
        var copy = copy("DKIM-Signature: v=1;\r\n\tb=x\r\nX-MS-Has-Attach: yes\r\nContent-Language: ja\r\n" + WHO + "Content-Length: 5\r\nMIME-Version: 1.0\r\nBcc: saburo@partner.example\r\n"
            + SIGNED);
        assertThat(copy).startsWith("X-Ours: 1\r\nX-MS-Has-Attach:\r\n" + WHO + "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=").doesNotContain("secret", "PGP", "saburo");
        assertThat(copy.split("\r\n\r\n", 2)[0].lines().filter(line -> line.startsWith("Content-"))).hasSize(1);
    }

    static List<String> signed() {
        return List.of(WHO + "MIME-Version: 1.0\r\n" + SIGNED, SIGNED, WHO + SIGNED,
            lines("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=o", "", "secret preamble", "--o", "Content-Type: text/plain", "", "secret", "--o") + SIGNED
                + lines("--o", "Content-Type: application/pdf; name=a.pdf", "", "secret", "--o--", "secret epilogue"),
            lines("Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "Content-Transfer-Encoding: base64", "",
                CmsOctets.base64(CmsOctets.signed("Content-Type: text/plain\r\n\r\nsecret\r\n".getBytes(StandardCharsets.US_ASCII)))),
            lines("Subject: x", "Content-Type: text/plain; charset=iso-2022-jp", "Content-Transfer-Encoding: 7bit", "", "-----BEGIN PGP SIGNED MESSAGE-----", "Hash: SHA256", "", "secret",
                "-----BEGIN PGP SIGNATURE-----", "", "x", "-----END PGP SIGNATURE-----"),
            lines("-----BEGIN PGP SIGNED MESSAGE-----", "Hash: SHA256", "", "secret", "-----BEGIN PGP SIGNATURE-----", "", "x", "-----END PGP SIGNATURE-----"));
    }

    @ParameterizedTest
    @MethodSource("signed")
    void whateverItIsOfTheCopyIsTheBlockAlone(String message) {
        var original = SplitMessage.of(message);
        assertThat(original.layout().facts().signed()).isTrue();
        byte[] octets = original.whole(BLOCK, HeaderEdits.modified(List.of()));
        var copy = SplitMessage.of(octets);
        assertThat(copy.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT);
        assertThat(copy.layout().facts().signed()).isFalse();
        assertThat(copy.textSample()).contains(SplitMessage.URL, "署名", "signature").doesNotContain("secret");
        assertThat(new String(octets, StandardCharsets.ISO_8859_1)).containsOnlyOnce("MIME-Version: 1.0\r\n").doesNotContain("secret", CmsOctets.base64("secret".getBytes(StandardCharsets.US_ASCII)).strip());
        assertThat(SplitMessage.keeping(message.getBytes(StandardCharsets.ISO_8859_1)).whole(BLOCK, HeaderEdits.modified(List.of()))).as("whatever was kept").isEqualTo(octets);
    }

    @ParameterizedTest
    @EnumSource
    void itSpeaksTheLanguageOfTheMessage(Language language) {
        var block = WholeNotice.above(SplitMessage.ENGLISH, language);
        for (var text : List.of(block.text(), block.html())) {
            assertThat(text.contains("このメールには電子署名が付いています")).isEqualTo(language != Language.ENGLISH);
            assertThat(text.contains("This message is signed")).isEqualTo(language != Language.JAPANESE);
            assertThat(text).endsWith(text.equals(block.text()) ? SplitMessage.ENGLISH.text() : SplitMessage.ENGLISH.html());
        }
        assertThat(block.ascii()).contains("This message is signed");
        assertThat(Arrays.stream(Language.values()).map(WholeNotice::fileName)).allMatch(name -> name.endsWith(".eml"));
    }
}
