package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed things that aren't a signed message as a whole: documents, receipts, and messages that somebody attached. What is in them is scanned, wherever they are. */
class SignedElsewhereTest {

    private static final byte[] FILE = octets("PK\u0003\u0004 and a file that nobody should miss");
    private static final String XML = "<?xml version=\"1.0\"?><invoice>" + "x".repeat(300_000) + "</invoice>";
    private static final String RECEIPT = "2a864886f70d0109100101";
    private static final String TIMESTAMP = "2a864886f70d0109100104";
    private static final String SIGNATURE = base64("application/pkcs7-signature; name=smime.p7s", CmsOctets.signature());
    private static final String OPAQUE = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m";
    private static final String ENCRYPTED = base64("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", CmsOctets.enveloped(new byte[500]));
    private static final String TEXT = lines("Content-Type: text/plain", "", "see");

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String base64(String type, byte[] content) {
        return lines("Content-Type: " + type, "Content-Transfer-Encoding: base64", "", CmsOctets.base64(content));
    }

    private static String multipart(String type, String boundary, String... parts) {
        return lines("Content-Type: multipart/" + type + "; boundary=" + boundary, "") + "--" + boundary + "\r\n"
            + String.join("\r\n--" + boundary + "\r\n", List.of(parts)) + "\r\n--" + boundary + "--\r\n";
    }

    private static String letter() {
        return multipart("mixed", "m", TEXT, base64("application/zip; name=plan.zip", FILE));
    }

    private static byte[] signedLetter() {
        return CmsOctets.signed(octets(letter()));
    }

    private static String clear(String entity) {
        return multipart("signed; protocol=\"application/pkcs7-signature\"", "s", entity, SIGNATURE);
    }

    private static String opaque(String entity) {
        return base64(OPAQUE, CmsOctets.signed(octets(entity)));
    }

    /** As the Italian certified mail carries contracts and invoices. */
    @ParameterizedTest
    @ValueSource(strings = {"%PDF-1.7\n\0\0 and a page\n%%EOF\n", "PK\u0003\u0004\0\0 and a document", "xml"})
    void aSignedDocumentInASignedMessageIsAFileInIt(String document) {
        byte[] content = octets(document.equals("xml") ? XML : document);
        String file = base64("application/pkcs7-mime; name=\"contract.doc.p7m\"", CmsOctets.signed(content));
        for (var message : List.of(SplitMessage.of(clear(multipart("mixed", "m", TEXT, file))), SplitMessage.of(opaque(multipart("mixed", "m", TEXT, file))))) {
            assertThat(message.kinds()).containsExactly(PartKind.SIGNED);
            assertThat(message.enclosed()).containsExactly("contract.doc.p7m");
            assertThat(message.stayingContent("contract.doc")).as("the document itself is scanned").isEqualTo(content);
        }
        for (var message : List.of(SplitMessage.of(multipart("mixed", "m", TEXT, file)), SplitMessage.of(file))) {
            assertThat(message.names()).containsExactly("contract.doc.p7m");
            assertThat(message.stayingContent("contract.doc")).isEqualTo(content);
        }
    }

    /** What looked like a field of a header made a message of it, and nothing of that was scanned as it is. */
    @ParameterizedTest
    @ValueSource(strings = {"MZ:\0\u0003\0 and code", "Randomize:Execute(\"x\")\r\n", "a:while(true)eval(b)\r\n", "Content-Type:\0\u0003\0 and code", "key: value\r\nlist:\r\n- one\r\n",
        "\r\nMIME-Version: 1.0\r\neval(b)\r\n", "Content-Type: text/plain\r\n\r\n@start calc\r\n", "a:/*\r\nContent-Type: text/plain\r\n\r\n*/eval(b)\r\n"})
    void aSignedDocumentIsScannedHoweverItBegins(String document) {
        byte[] content = octets(document);
        for (byte[] signed : List.of(CmsOctets.signed(content), CmsOctets.signedInPieces(content, 3))) {
            String file = base64("application/pkcs7-mime; name=plan.exe.p7m", signed);
            String mixed = multipart("mixed", "m", TEXT, file);
            for (String message : List.of(file, mixed, clear(mixed), opaque(mixed), multipart("mixed", "x", TEXT, lines("Content-Type: message/rfc822", "", "Subject: inner") + mixed))) {
                for (int step : new int[] {1, 8192}) {
                    assertThat(SplitMessage.inSteps(octets(message), step).stayingContent("plan.exe")).as(message).isEqualTo(content);
                }
            }
        }
    }

    /** Only what can't be a message was one: a script or a table stayed, and counted for nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"<?xml version=\"1.0\"?><invoice/>", "@echo off\r\nstart calc\r\n", "a:while(true)eval(b)\r\n", "name,secret\r\n1,2\r\n", "{\"a\": 1}", "%PDF-1.7 without zeros\n%%EOF\n",
        "From: hanako@example.co.jp\r\nSubject: x\r\n\r\nA message as a document.\r\n", "a line\r\nMIME-Version: 1.0\r\n\r\nand more\r\n"})
    void aSignedDocumentAsTheWholeMessageIsAFile(String document) {
        byte[] content = octets(document);
        for (String name : List.of("plan.js.p7m", "plan.js.P7M", "p7m.p7m.p7m", "=?utf-8?B?6KaL56mNLmpz?=.p7m")) {
            var split = SplitMessage.of(base64("application/pkcs7-mime; name=\"" + name + "\"", CmsOctets.signed(content)));
            assertThat(split.names()).as(name).hasSize(1);
            assertThat(split.layout().facts().signed()).isFalse();
            assertThat(split.enclosed()).isEmpty();
        }
        var named = SplitMessage.of(base64("application/pkcs7-mime; name=plan.js.p7m", CmsOctets.signed(content)));
        assertThat(named.names()).containsExactly("plan.js.p7m");
        assertThat(named.stayingContent("plan.js")).isEqualTo(content);
        assertThat(named.shown()).as("once").containsExactly("plan.js");
        for (String name : List.of("", "; name=smime.p7m", "; name=smime")) {
            var message = SplitMessage.of(base64("application/pkcs7-mime; smime-type=signed-data" + name, CmsOctets.signed(content)));
            assertThat(message.kinds()).containsExactly(PartKind.SIGNED);
            assertThat(message.linked(SplitMessage.ENGLISH)).isEqualTo(message.original);
            assertThat(message.enclosed()).as("once").hasSize(1);
            assertThat(message.stayingContent(message.enclosed().getFirst())).isEqualTo(content);
        }
    }

    /** {@code openssl smime -sign -nodetach} without {@code -text}: nothing tells it from a document, and its reader shows it. */
    @Test
    void aSignedTextWithoutAHeaderStaysAndIsAFile() {
        byte[] text = octets("Hello Taro,\r\n\r\nplease see.\r\nHanako\r\n");
        var split = SplitMessage.of(base64("application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"", CmsOctets.signed(text)));
        assertThat(split.kinds()).containsExactly(PartKind.SIGNED);
        assertThat(split.layout().facts().signed()).isTrue();
        assertThat(split.enclosed()).containsExactly("smime");
        assertThat(split.stayingContent("smime")).isEqualTo(text);
        assertThat(split.textSample()).contains("please see");
    }

    /** Some put the fields of the message itself in front (RFC 9788), some none at all. */
    @ParameterizedTest
    @ValueSource(strings = {"Subject: x\r\nFrom: Hanako <hanako@example.co.jp>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nplease see\r\n",
        "From: hanako@example.co.jp\r\nContent-Type: text/plain\r\n\r\nplease see\r\n", "\r\nplease see\r\n", "Content-Type: text/plain\r\n\r\nplease see\r\n",
        "mime-version: 1.0\r\n\r\nplease see\r\n", "Content-Transfer-Encoding: quoted-printable\r\n\r\nplease see\r\n"})
    void aSignedMessageIsNoFileHoweverItsHeaderBegins(String entity) {
        var split = SplitMessage.of(opaque(entity));
        assertThat(split.kinds()).containsExactly(PartKind.SIGNED);
        assertThat(split.layout().facts().signed()).isTrue();
        assertThat(split.enclosed()).isEmpty();
        assertThat(split.textSample()).contains("please see");
        String named = base64("application/pkcs7-mime; name=\"v2.0 of the plan.p7m\"", CmsOctets.signed(octets("Content-Type: text/plain\r\n\r\nplease see\r\n")));
        assertThat(SplitMessage.of(named).kinds()).as("a subject for a name").containsExactly(PartKind.SIGNED);
        assertThat(SplitMessage.of(named).enclosed()).isEmpty();
    }

    /** Its reader may show more than we find. */
    @Test
    void aMessageThatNobodyCanTellApartIsScannedAsItIs() {
        String two = lines("Content-Type: multipart/mixed; boundary=a", "Content-Type: multipart/mixed; boundary=b", "", "x");
        byte[] content = octets(multipart("mixed", "i", TEXT, two, base64("application/zip; name=plan.zip", FILE)));
        var split = SplitMessage.of(base64(OPAQUE, CmsOctets.signed(content)));
        assertThat(split.names()).containsExactly("smime.p7m");
        assertThat(split.stayingContent("smime")).isEqualTo(content);
    }

    /** Programs take a file out of it as they do of what is signed. */
    @Test
    void whatIsNeitherSignedNorEncryptedIsScannedToo() {
        for (byte[] cms : List.of(CmsOctets.digested(FILE), CmsOctets.authenticated(FILE), CmsOctets.data(FILE))) {
            for (String message : List.of(base64(OPAQUE, cms), base64("application/pkcs7-mime; name=plan.zip.p7m", cms), multipart("mixed", "m", TEXT, base64("application/octet-stream; name=plan.zip.p7m", cms)))) {
                var split = SplitMessage.of(message);
                assertThat(split.names()).hasSize(1);
                assertThat(split.shown()).hasSize(1);
                assertThat(split.stayingContent(split.shown().getFirst())).isEqualTo(FILE);
                assertThat(split.layout().facts().signed()).isFalse();
            }
            var inSigned = SplitMessage.of(clear(multipart("mixed", "m", TEXT, base64("application/pkcs7-mime; name=plan.zip.p7m", cms))));
            assertThat(inSigned.enclosed()).containsExactly("plan.zip.p7m");
            assertThat(inSigned.stayingContent("plan.zip")).isEqualTo(FILE);
        }
        assertThat(SplitMessage.of(base64(OPAQUE, CmsOctets.digested(octets(letter())))).stayingContent("plan.zip")).isEqualTo(FILE);
    }

    /** One person signs what another has signed, and each adds {@code .p7m}. */
    @Test
    void aDocumentThatIsSignedTwiceIsScanned() {
        byte[] twice = CmsOctets.signed(CmsOctets.signedInPieces(FILE, 10));
        String file = base64("application/pkcs7-mime; name=plan.zip.p7m.p7m", twice);
        String mixed = multipart("mixed", "m", TEXT, file);
        for (String message : List.of(file, mixed, clear(mixed), opaque(mixed), multipart("mixed", "m", TEXT, base64("application/pkcs7-mime; name=plan.zip.p7m.p7m.p7m", CmsOctets.data(twice))))) {
            for (int step : new int[] {1, 8192}) {
                var split = SplitMessage.inSteps(octets(message), step);
                assertThat(split.shown()).as(message).contains("plan.zip");
                assertThat(split.stayingContent("plan.zip")).isEqualTo(FILE);
            }
        }
        byte[] named = CmsOctets.signed(CmsOctets.signed(octets(letter())));
        assertThat(SplitMessage.of(base64(OPAQUE, named)).stayingContent("plan.zip")).isEqualTo(FILE);
    }

    @Test
    void signedTwiceEndsSomewhere() {
        byte[] document = FILE;
        for (int i = 0; i < OpaqueSigned.MOST_NESTED; i++) {
            document = CmsOctets.signed(document);
        }
        var split = SplitMessage.of(base64("application/pkcs7-mime; name=plan.p7m", document));
        assertThat(split.stayingContent(split.shown().getLast())).isEqualTo(FILE);
        assertThat(SplitMessage.of(base64("application/pkcs7-mime; name=plan.p7m", CmsOctets.signed(document))).refused().code()).isEqualTo("5.6.0");
    }

    /** It isn't relayed as a message, but as a file it is. */
    @Test
    void whatStandsBehindSomethingForbiddenIsScanned() {
        byte[] content = octets(multipart("mixed", "i", TEXT, lines("Content-Type: message/partial; id=x; number=1", "", "x"), base64("application/zip; name=plan.zip", FILE)));
        for (String message : List.of(base64(OPAQUE, CmsOctets.join(CmsOctets.signed(content), octets("\r\n\r\nx"))), base64(OPAQUE, CmsOctets.signed(content, TIMESTAMP)),
                multipart("mixed", "m", TEXT, base64(OPAQUE, CmsOctets.signed(content))))) {
            var split = SplitMessage.of(message);
            assertThat(split.names()).containsExactly("smime.p7m");
            assertThat(split.stayingContent("smime")).isEqualTo(content);
        }
    }

    @Test
    void aMessageIsScannedByItsPartsAndNotAsAWholeBesides() {
        var split = SplitMessage.of(opaque(letter()));
        assertThat(split.enclosed()).containsExactly("plan.zip");
        assertThat(split.shown()).containsExactly("smime.p7m");
        var attached = SplitMessage.of(multipart("mixed", "x", TEXT, opaque(letter())));
        assertThat(attached.shown()).as("a file is").containsExactlyInAnyOrder("smime", "plan.zip");
    }

    @Test
    void whatIsInsideWhatBecomesAnAttachmentIsScanned() {
        byte[] signed = signedLetter();
        String attached = base64(OPAQUE, signed);
        for (String message : List.of(base64(OPAQUE, CmsOctets.join(signed, octets("\r\n\r\nx"))), multipart("mixed", "x", TEXT, attached),
                base64("application/octet-stream; name=Smime.P7M", signed), base64(OPAQUE, CmsOctets.signed(octets(letter()), TIMESTAMP)),
                base64(OPAQUE, CmsOctets.signed(octets(letter()), "2a864886f70d010701", new byte[100_000])),
                multipart("mixed", "x", TEXT, lines("Content-Type: message/rfc822", "", "Subject: inner") + attached),
                multipart("mixed", "x", TEXT, base64("message/rfc822", octets("Subject: inner\r\n" + attached))),
                multipart("mixed", "x", TEXT, lines("Content-Type: message/rfc822", "", "Subject: inner", "Content-Type: message/rfc822", "") + attached),
                multipart("mixed", "x", TEXT, lines("Content-Type: message/rfc822", "", "Subject: inner") + clear(lines("Content-Type: message/rfc822", "") + attached)))) {
            for (int step : new int[] {1, 8192}) {
                var split = SplitMessage.inSteps(octets(message), step);
                assertThat(split.names()).as(message).hasSize(1);
                assertThat(split.stayingContent("plan.zip")).as(message).isEqualTo(FILE);
                assertThat(split.enclosed()).isEmpty();
                assertThat(split.layout().facts().signed()).isFalse();
            }
        }
    }

    @Test
    void whatIsInsideAReturnedMessageIsScanned() {
        var report = SplitMessage.of(multipart("report; report-type=delivery-status", "r", TEXT, lines("Content-Type: message/delivery-status", "", "Final-Recipient: rfc822; x"),
            lines("Content-Type: message/rfc822", "", "Subject: returned") + base64(OPAQUE, signedLetter())));
        assertThat(report.layout().hasAttachments()).isFalse();
        assertThat(report.stayingContent("plan.zip")).isEqualTo(FILE);
    }

    /** Its reader shows what stands before the damage. */
    @Test
    void whatIsFoundInADamagedAttachedMessageIsScanned() {
        String two = lines("Content-Type: multipart/mixed; boundary=a", "Content-Type: multipart/mixed; boundary=b", "", "x");
        String inner = multipart("mixed", "i", base64(OPAQUE, signedLetter()), two);
        var message = SplitMessage.of(multipart("mixed", "x", TEXT, lines("Content-Type: message/rfc822", "", "Subject: inner") + inner));
        assertThat(message.names()).containsExactly("inner.eml");
        assertThat(message.stayingContent("plan.zip")).isEqualTo(FILE);
    }

    @Test
    void whatIsEncryptedInsideASignatureIsEncrypted() {
        String pgp = multipart("encrypted; protocol=\"application/pgp-encrypted\"", "e", lines("Content-Type: application/pgp-encrypted", "", "Version: 1"),
            lines("Content-Type: application/octet-stream; name=encrypted.asc", "") + PgpText.MESSAGE);
        String inline = lines("Content-Type: text/plain", "") + PgpText.MESSAGE;
        for (String inside : List.of(ENCRYPTED, pgp, inline)) {
            for (String message : List.of(clear(inside), opaque(inside), opaque(opaque(inside)), clear(opaque(inside)))) {
                var split = SplitMessage.of(message);
                assertThat(split.kinds()).containsExactly(PartKind.SIGNED);
                assertThat(split.layout().facts().signed()).isTrue();
                assertThat(split.layout().facts().encrypted()).as(message).isTrue();
            }
        }
        assertThat(SplitMessage.of(opaque(letter())).layout().facts().encrypted()).isFalse();
        assertThat(SplitMessage.of(clear(letter())).layout().facts().encrypted()).isFalse();
    }

    /** As in any message that is encrypted as a whole, nobody can tell what is in it (RFC 2634 §1.1). */
    @Test
    void whatIsEncryptedAsAWholeInsideASignatureIsNoFile() {
        String twice = multipart("signed; protocol=\"application/pkcs7-signature\"", "outer", clear(ENCRYPTED), SIGNATURE);
        for (String message : List.of(clear(ENCRYPTED), opaque(ENCRYPTED), twice, opaque(clear(ENCRYPTED)))) {
            var split = SplitMessage.of(message);
            assertThat(split.kinds()).containsExactly(PartKind.SIGNED);
            assertThat(split.enclosed()).as(message).isEmpty();
            assertThat(split.shown()).contains("smime.p7m");
            assertThat(split.layout().facts().encrypted()).isTrue();
        }
        String named = "application/pkcs7-mime; smime-type=enveloped-data; name=plan.zip";
        byte[] enveloped = CmsOctets.enveloped(FILE);
        for (String file : List.of(multipart("mixed", "m", TEXT, ENCRYPTED), base64(named, enveloped), base64("application/octet-stream; name=smime.p7m", enveloped),
                base64(OPAQUE, CmsOctets.join(enveloped, FILE)))) {
            assertThat(SplitMessage.of(clear(file)).enclosed()).as(file).hasSize(1);
        }
    }

    /** As it is none in an opaque one. */
    @Test
    void aSignedMessageThatIsSignedAgainIsNoFile() {
        String twice = multipart("signed; protocol=\"application/pkcs7-signature\"", "outer", clear(opaque(TEXT)), SIGNATURE);
        for (String message : List.of(clear(opaque(TEXT)), opaque(opaque(TEXT)), twice)) {
            var split = SplitMessage.of(message);
            assertThat(split.kinds()).containsExactly(PartKind.SIGNED);
            assertThat(split.enclosed()).as(message).isEmpty();
            assertThat(split.shown()).as(message).contains("smime.p7m");
        }
        var scanned = SplitMessage.of(clear(opaque(TEXT)));
        assertThat(scanned.stayingContent("smime")).as("its content, too").isEqualTo(octets(TEXT));
        assertThat(SplitMessage.of(clear(opaque(letter()))).enclosed()).containsExactly("plan.zip");
        byte[] signed = CmsOctets.signed(octets(TEXT));
        String document = base64("application/pkcs7-mime; name=plan.pdf.p7m", signed);
        String typed = base64("application/octet-stream; name=smime.p7m", signed);
        String headless = base64(OPAQUE, CmsOctets.signed(octets("name,price\r\n")));
        String behind = base64(OPAQUE, CmsOctets.join(signed, FILE));
        String certified = base64(OPAQUE, CmsOctets.signed(octets(TEXT), "2a864886f70d010701", new byte[100_000]));
        String malformed = opaque(lines("Content-Type: multipart/mixed; boundary=a", "Content-Type: multipart/mixed; boundary=b", "", "x"));
        for (String file : List.of(multipart("mixed", "m", TEXT, opaque(TEXT)), document, typed, headless, behind, certified, malformed)) {
            assertThat(SplitMessage.of(clear(file)).enclosed()).as(file).hasSize(1);
        }
    }

    @Test
    void theTextOfASignedMessageIsRead() {
        assertThat(SplitMessage.of(opaque(lines("Content-Type: text/plain", "", "The password is plum"))).textSample()).contains("The password is plum");
        assertThat(SplitMessage.of(multipart("mixed", "x", TEXT, base64(OPAQUE, CmsOctets.signed(octets("\r\nThe password is plum"))))).textSample()).doesNotContain("plum");
    }

    @Test
    void aSignedReceiptStays() {
        String type = "application/pkcs7-mime; smime-type=signed-receipt; name=smime.p7m";
        for (int signatureOctets : new int[] {20, 70, 256, 512, 5_000}) {
            byte[] content = CmsOctets.receipt(signatureOctets);
            var receipt = SplitMessage.of(base64(type, CmsOctets.signed(content, RECEIPT)));
            assertThat(receipt.kinds()).containsExactly(PartKind.SIGNED);
            assertThat(receipt.enclosed()).isEmpty();
            assertThat(receipt.shown()).containsExactly("smime.p7m", "smime");
            assertThat(receipt.stayingContent("smime")).isEqualTo(content);
        }
        assertThat(SplitMessage.of(base64(type, CmsOctets.signed(CmsOctets.receipt(70_000), RECEIPT))).names()).containsExactly("smime.p7m");
    }

    /** Whatever was signed as a receipt once stayed in the message, and nobody looked at it. */
    @ParameterizedTest
    @ValueSource(ints = {10, 5_000, 300_000})
    void aFileUnderTheNameOfAReceiptIsAnAttachmentAndScanned(int octets) {
        for (byte[] content : List.of(CmsOctets.join(FILE, new byte[octets]), CmsOctets.join(CmsOctets.receipt(20), FILE, new byte[octets]))) {
            byte[] signed = CmsOctets.signed(content, RECEIPT);
            for (String message : List.of(base64("application/pkcs7-mime; smime-type=signed-receipt; name=smime.p7m", signed),
                    multipart("mixed", "m", TEXT, base64("application/pkcs7-mime; name=smime.p7m", signed)))) {
                var split = SplitMessage.of(message);
                assertThat(split.names()).containsExactly("smime.p7m");
                assertThat(split.stayingContent("smime")).isEqualTo(content);
            }
            var inSigned = SplitMessage.of(clear(multipart("mixed", "m", TEXT, base64("application/pkcs7-mime; name=smime.p7m", signed))));
            assertThat(inSigned.enclosed()).containsExactly("smime.p7m");
            assertThat(inSigned.stayingContent("smime")).isEqualTo(content);
        }
        byte[] message = CmsOctets.signed(octets(letter()), RECEIPT);
        assertThat(SplitMessage.of(base64(OPAQUE, message)).names()).containsExactly("smime.p7m");
        assertThat(SplitMessage.of(base64(OPAQUE, message)).stayingContent("plan.zip")).isEqualTo(FILE);
    }

    @Test
    void aReadReceiptMayBeSigned() {
        String receipt = multipart("report; report-type=disposition-notification", "r", TEXT,
            lines("Content-Type: message/disposition-notification", "", "Reporting-UA: x", "Final-Recipient: rfc822; a@example.co.jp", "Disposition: manual-action/MDN-sent-manually; displayed"));
        for (String message : List.of(clear(receipt), opaque(receipt))) {
            var split = SplitMessage.by(new SplitRules(SplitLimits.defaults(), Forwarded.WHOLE, false), octets(message));
            assertThat(split.kinds()).containsExactly(PartKind.SIGNED);
            assertThat(split.enclosed()).isEmpty();
        }
        var second = SplitMessage.of(clear(multipart("mixed", "m", TEXT, receipt)));
        assertThat(second.enclosed()).as("no receipt as a whole").hasSize(1);
    }

    /** A name says what its file is to whoever opens it. */
    @Test
    void aFileUnderItsOwnNameIsAnAttachment() {
        byte[] enveloped = CmsOctets.enveloped(FILE);
        String type = "application/pkcs7-mime; smime-type=enveloped-data";
        assertThat(SplitMessage.of(base64(type + "; name=plan.zip", enveloped)).names()).containsExactly("plan.zip");
        for (String name : List.of("", "; name=smime.p7m", "; name=SMIME.P7M", "; name=smime")) {
            assertThat(SplitMessage.of(base64(type + name, enveloped)).kinds()).containsExactly(PartKind.ENCRYPTED);
        }
        var signature = SplitMessage.of(multipart("signed", "s", TEXT, base64("application/pkcs7-signature; name=plan.zip", CmsOctets.signature())));
        assertThat(signature.names()).containsExactly("plan.zip");
        String html = lines("Content-Type: text/html", "", "<img src='cid:logo'>");
        String png = CmsOctets.base64(octets("\u0089PNG\r\n\u001A\n\0\0\0\0IEND\u00AEB`\u0082"));
        for (String image : List.of("plan.zip", "logo.png.zip", "plan.zip@01D3C1A2")) {
            assertThat(SplitMessage.of(multipart("related", "r", html, lines("Content-Type: application/octet-stream; name=" + image, "Content-ID: <logo>",
                "Content-Transfer-Encoding: base64", "", png))).names()).as(image).hasSize(1);
        }
        for (String image : List.of("logo.png", "LOGO.JPG", "image001.png@01D3C1A2.8B5F4E10", "logo")) {
            assertThat(SplitMessage.of(multipart("related", "r", html, lines("Content-Type: application/octet-stream; name=" + image, "Content-ID: <logo>",
                "Content-Transfer-Encoding: base64", "", png))).layout().hasAttachments()).as(image).isFalse();
        }
    }

    @Test
    void openSinksAreCountedForTheWholeMessage() {
        String file = base64("application/zip; name=plan.zip", FILE);
        String one = base64(OPAQUE, CmsOctets.signed(octets(multipart("mixed", "i", Collections.nCopies(9, file).toArray(String[]::new)))));
        assertThat(SplitMessage.of(multipart("mixed", "x", Collections.nCopies(11, one).toArray(String[]::new))).names()).hasSize(11);
        String twelve = multipart("mixed", "x", Collections.nCopies(12, one).toArray(String[]::new));
        assertThat(SplitMessage.of(twelve).refused().code()).isEqualTo("5.6.0");
        assertThat(SplitMessage.of(clear(twelve)).refused().code()).isEqualTo("5.6.0");
        assertThat(SplitMessage.of(opaque(twelve)).refused().code()).isEqualTo("5.6.0");
    }

    /** Who writes each octet as an element of its own is read as any other. */
    @Test
    void contentInPiecesOfOneOctetIsSplitTheSame() {
        var pieces = SplitMessage.of(base64(OPAQUE, CmsOctets.signedInPieces(octets(letter()), 1)));
        assertThat(pieces.kinds()).containsExactly(PartKind.SIGNED);
        assertThat(pieces.stayingContent("plan.zip")).isEqualTo(FILE);
    }

    @Test
    void theReasonIsSaidOnce() {
        byte[] message = octets("Content-Type: message/partial; id=x; number=1\r\n\r\nx");
        for (int i = 0; i < 4; i++) {
            message = octets(base64(OPAQUE, CmsOctets.signed(message)));
        }
        assertThat(SplitMessage.of(message).refused().reason()).isEqualTo("inside a signed message: message/partial is not relayed");
    }
}
