package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;
import static sekisho.mailhook.mime.SplitMessage.multipart;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What isn't an attachment although it isn't text, and how nobody gets one past us under that name. Images, invitations and reports: see the classes named so. */
class WhatStaysTest {

    private static final String CMS = CmsOctets.base64(CmsOctets.signature());
    private static final String SIGNATURE = lines("Content-Type: application/pkcs7-signature; name=smime.p7s", "Content-Transfer-Encoding: base64",
            "Content-Disposition: attachment; filename=smime.p7s", "", CMS);

    private static String signed(String signature) {
        return multipart("signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256",
                lines("Content-Type: application/pdf; name=a.pdf", "", "signed content"), signature);
    }

    @Test
    void aSignedMessageIsNotTouched() {
        byte[] octets = signed(SIGNATURE).getBytes(StandardCharsets.US_ASCII);
        var message = SplitMessage.of(octets);
        assertThat(message.kinds()).containsExactly(PartKind.SIGNED);
        assertThat(message.layout().facts().signed()).isTrue();
        assertThat(message.spool).isEqualTo(octets);
        assertThat(message.linked(SplitMessage.ENGLISH)).isEqualTo(octets);
        assertThat(message.finishedSinks()).isZero();
        assertThat(message.enclosed()).containsExactly("a.pdf");
        assertThat(message.shown()).containsExactly("smime.p7s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: application/pkcs7-signature\r\n\r\nnot a signature\r\n", "Content-Type: text/plain\r\n\r\nno signature\r\n",
            "Content-Type: application/pgp-signature\r\n\r\nnone\r\n"})
    void aMessageThatOnlyCallsItselfSignedLosesItsAttachments(String second) {
        var message = SplitMessage.of(signed(second));
        assertThat(message.names()).contains("a.pdf");
        assertThat(message.linkedText(SplitMessage.ENGLISH)).doesNotContain("signed content");
        assertThat(message.layout().facts().signed()).isFalse();
    }

    @Test
    void aThirdPartBehindTheSignatureIsNoSignedMessage() {
        String three = signed(SIGNATURE + "\r\n--b\r\nContent-Type: application/x; name=more\r\n\r\nsecret\r\n");
        assertThat(SplitMessage.of(three).names()).containsExactly("a.pdf", "smime.p7s", "more");
    }

    @Test
    void aSignedPartStaysWholeWhileWhatIsBesideItIsTaken() {
        String inner = signed(SIGNATURE).replace("boundary=b", "boundary=s").replace("--b", "--s").substring("Subject: x\r\n".length());
        String outer = multipart("mixed", inner, lines("Content-Type: application/pdf; name=beside.pdf", "", "secret"));
        var message = SplitMessage.of(outer);
        assertThat(message.names()).containsExactly("beside.pdf");
        String linked = message.linkedText(SplitMessage.ENGLISH);
        assertThat(linked).contains(inner).doesNotContain("secret");
        assertThat(SplitMessage.of(linked).kinds()).containsExactly(PartKind.MULTIPART, PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT, PartKind.SIGNED);
    }

    @Test
    void anOpaqueCmsMessageStaysAndAnythingElseUnderItsNameIsTaken() {
        String header = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        String enveloped = CmsOctets.base64(CmsOctets.enveloped(new byte[300]));
        var message = SplitMessage.of(header + enveloped + "\r\n");
        assertThat(message.kinds()).containsExactly(PartKind.ENCRYPTED);
        assertThat(message.layout().facts().encrypted()).isTrue();
        assertThat(SplitMessage.of(header + Base64.getEncoder().encodeToString(new byte[100]) + "\r\n").names()).containsExactly("smime.p7m");
        assertThat(SplitMessage.of(multipart("mixed", header + enveloped)).names()).containsExactly("smime.p7m");
    }

    @Test
    void aPgpEncryptedMessageStaysAndAFakedOneDoesNot() {
        String control = lines("Content-Type: application/pgp-encrypted", "", "Version: 1");
        String armor = lines("Content-Type: application/octet-stream; name=encrypted.asc", "", PgpText.MESSAGE);
        assertThat(SplitMessage.of(multipart("encrypted; protocol=\"application/pgp-encrypted\"", control, armor)).kinds()).containsExactly(PartKind.ENCRYPTED);
        assertThat(SplitMessage.of(multipart("encrypted", control, armor.replace("BEGIN PGP", "begin"))).names())
                .containsExactly("attachment.asc", "encrypted.asc");
        assertThat(SplitMessage.of(multipart("encrypted", control.replace("Version: 1", "PK and a small file"), armor)).names())
                .containsExactly("attachment.asc", "encrypted.asc");
        assertThat(SplitMessage.of(multipart("encrypted", control, armor.replace(PgpText.MESSAGE, PgpText.READABLE))).names())
                .containsExactly("attachment.asc", "encrypted.asc");
    }

    @Test
    void inlinePgpTextIsLeftAloneAndTheLinkGetsAPartOfItsOwn() {
        String pgp = lines("Content-Type: text/plain", "", "-----BEGIN PGP SIGNED MESSAGE-----", "", "text");
        var message = SplitMessage.of(multipart("mixed", pgp, lines("Content-Type: application/x; name=a", "", "secret")));
        String linked = message.linkedText(SplitMessage.ENGLISH);
        assertThat(linked).contains(pgp).doesNotContain("secret");
        assertThat(SplitMessage.of(linked).kinds()).containsExactly(PartKind.MULTIPART, PartKind.MULTIPART, PartKind.TEXT, PartKind.TEXT, PartKind.TEXT);
    }

    @Test
    void winmailIsTakenWhole() {
        assertThat(SplitMessage.of(multipart("mixed", lines("Content-Type: text/plain", "", "x"), lines("Content-Type: application/ms-tnef", "", "y"))).names())
                .containsExactly("winmail.dat");
    }

    @Test
    void theHeaderTellsWhatANoticeNeeds() {
        MessageFacts facts = SplitMessage.of(lines("Subject: =?iso-2022-jp?B?GyRCOCtAUSROQFobKEI=?=", "Message-ID: <1@example>", "Date: Sun, 22 Nov 2026 09:00:00 +0900",
                "From: =?utf-8?Q?=E8=8A=B1=E5=AD=90?= <h@example.co.jp>", "Auto-Submitted: Auto-Replied; x=y", "Precedence: Bulk", "List-Id: <l.example>", "", "x"))
                .layout().facts();
        assertThat(facts.messageId()).isEqualTo("<1@example>");
        assertThat(facts.from()).isEqualTo("花子 <h@example.co.jp>");
        assertThat(facts.autoSubmitted()).isEqualTo("auto-replied");
        assertThat(facts.precedence()).isEqualTo("bulk");
        assertThat(facts.list()).isTrue();
        assertThat(facts.language()).isEqualTo(Language.JAPANESE);
    }

    @Test
    void theLanguageIsGuessedFromTheText() {
        assertThat(SplitMessage.of(lines("Subject: hello", "", "short")).layout().facts().language()).isEqualTo(Language.BOTH);
        assertThat(SplitMessage.of(lines("Subject: hello", "", "A text of some length in English, which nobody would take for anything else."))
                .layout().facts().language()).isEqualTo(Language.ENGLISH);
        assertThat(SplitMessage.of(lines("Subject: hello", "", "日本語")).layout().facts().language()).isEqualTo(Language.JAPANESE);
        assertThat(SplitMessage.of(lines("Subject: hello", "Content-Type: text/plain; charset=ISO-2022-JP", "", "x")).layout().facts().language())
                .isEqualTo(Language.JAPANESE);
    }
}
