package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages as files: what is attached to them is looked into as if it came by itself. */
class MailInMailTest {
    private static final String TOP = "From: Hanako <hanako@example.jp>\r\nTo: taro@partner.example\r\nSubject: =?utf-8?B?6KaL56mN?=\r\nMIME-Version: 1.0\r\n";

    /** One char for each octet. */
    private static final String FOR_ALL = new String("全社.zip".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);

    @TempDir
    static Path folder;

    static Workshop workshop;
    static byte[] secret;
    static byte[] plain;

    @BeforeAll
    static void archives() {
        workshop = new Workshop(folder);
        secret = workshop.make("zip -q -P s secret.zip a.txt; cp secret.zip out");
        plain = workshop.make("zip -q plain.zip a.txt b.csv; cp plain.zip out");
    }

    static String base64(byte[] octets) {
        return Base64.getMimeEncoder().encodeToString(octets) + "\r\n";
    }

    static String attached(byte[] file) {
        return "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(file);
    }

    static String mixed(String... parts) {
        var all = new StringBuilder("Content-Type: multipart/mixed; boundary=\"=_a b\"\r\n\r\npreamble\r\n");
        for (String part : parts) {
            all.append("--=_a b\r\n").append(part).append("\r\n");
        }
        return all + "--=_a b--\r\nepilogue\r\n";
    }

    static String message(String... parts) {
        return TOP + mixed(parts);
    }

    static final String TEXT = "Content-Type: text/plain\r\n\r\nPlease find the quotation.\r\n-- \r\nHanako\r\n";

    static String look(String message) throws Exception {
        return StraysTest.look(message.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void whatIsAttachedToAMessageIsLookedInto() throws Exception {
        assertThat(look(message(TEXT, attached(secret)))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(message(TEXT, attached(plain)))).isEqualTo("NONE none");
        assertThat(look(message(attached(secret), TEXT, attached(plain)))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(TOP + attached(secret))).as("no multipart").isEqualTo("PASSWORD zip-crypto");
        assertThat(look("Received: by a.example; today\r\n" + TOP + attached(plain))).isEqualTo("NONE none");
        assertThat(look(message(TEXT, attached(secret)).replace("\r\n", "\n"))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look("\r\n\ufeff".replace("\ufeff", "") + message(TEXT, attached(secret)))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look("\u00ef\u00bb\u00bf" + message(TEXT, attached(secret)))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look("From hanako@example.jp Thu Jan  1 00:00:00 2026\n" + message(TEXT, attached(secret)))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look("From a Thu Jan  1 00:00:00 2026\n" + message(TEXT) + "\nFrom b Thu Jan  1 00:00:00 2026\n" + message(TEXT, attached(secret))))
                .isEqualTo("PASSWORD zip-crypto");
        byte[] file = message(TEXT).getBytes(StandardCharsets.US_ASCII);
        assertThat(Inspector.sniff(file, file.length).mediaType()).isEqualTo("message/rfc822");
    }

    @Test
    void messagesInMessagesAndArchivesAreLookedInto() throws Exception {
        String inner = message(TEXT, attached(secret));
        assertThat(look(message(TEXT, "Content-Type: message/rfc822\r\n\r\n" + inner))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(message(TEXT, "Content-Type: message/rfc822\r\n\r\n" + inner.replace("=_a b", "other")))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(message(TEXT, attached(inner.getBytes(StandardCharsets.ISO_8859_1))))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(message(TEXT, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(inner.getBytes(StandardCharsets.ISO_8859_1)))))
                .isEqualTo("PASSWORD zip-crypto");
        assertThat(look(TOP + "Content-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\n" + inner + "\r\n--d--\r\n")).isEqualTo("PASSWORD zip-crypto");
        for (int level : new int[] {ZipOutputStream.STORED, ZipOutputStream.DEFLATED}) {
            var out = new ByteArrayOutputStream();
            try (var zip = new ZipOutputStream(out)) {
                zip.setLevel(level == ZipOutputStream.STORED ? 0 : 9);
                zip.putNextEntry(new ZipEntry("mail.eml"));
                zip.write(inner.getBytes(StandardCharsets.ISO_8859_1));
            }
            assertThat(StraysTest.look(out.toByteArray())).isEqualTo("PASSWORD zip-crypto");
        }
        String deep = inner;
        for (int i = 0; i < 3; i++) {
            deep = message(TEXT, attached(deep.getBytes(StandardCharsets.ISO_8859_1)));
        }
        assertThat(look(deep)).isEqualTo("PASSWORD zip-crypto");
        deep = message(attached(deep.getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(look(deep)).as("by its octets alone").isEqualTo("PASSWORD zip-encrypted");
        assertThat(look(message(attached(deep.getBytes(StandardCharsets.ISO_8859_1))))).isEqualTo("UNKNOWN beyond-depth");
    }

    @Test
    void whatIsEncryptedForSomebodyIsOpaque() throws Exception {
        String armour = "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n";
        assertThat(look(TOP + "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\n"
                + "Version: 1\r\n\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n" + armour + "\r\n--b--\r\n")).isEqualTo("OPAQUE gpg");
        assertThat(look(message("Content-Type: text/plain\r\n\r\n" + "Dear all, this goes on.\r\n".repeat(1000) + armour))).isEqualTo("OPAQUE gpg");
        assertThat(look(message("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(("Dear all.\r\n".repeat(1000) + armour).getBytes(StandardCharsets.US_ASCII)))))
                .isEqualTo("OPAQUE gpg");
        assertThat(look(message("Content-Type: text/plain\r\n\r\n> " + armour.replace("\r\n", "\r\n> ")))).isEqualTo("NONE none");
        assertThat(look(message("Content-Type: text/plain\r\n\r\n" + armour.replace("MESSAGE", "SIGNATURE")))).isEqualTo("NONE none");
        byte[] enveloped = workshop.make("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout k -out c 2>/dev/null; openssl cms -encrypt -aes256 -in a.txt -out out c; rm k c");
        assertThat(StraysTest.look(enveloped)).isEqualTo("OPAQUE cms");
        assertThat(look(message(TEXT, "Content-Type: message/rfc822\r\n\r\n" + new String(enveloped, StandardCharsets.ISO_8859_1)))).isEqualTo("OPAQUE cms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cms -sign -nodetach", "smime -sign -nodetach -binary", "cms -sign -nodetach -stream"})
    void whatIsOnlySignedIsLookedInto(String how) throws Exception {
        workshop.put("signed.txt", message(TEXT, attached(secret)).getBytes(StandardCharsets.ISO_8859_1));
        workshop.put("open.txt", message(TEXT, attached(plain)).getBytes(StandardCharsets.ISO_8859_1));
        String script = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout k -out c 2>/dev/null; openssl " + how + " -signer c -inkey k";
        for (String form : new String[] {"SMIME", "DER", "PEM"}) {
            assertThat(StraysTest.look(workshop.make(script + " -outform " + form + " -in signed.txt -out out"))).as(form).isEqualTo("PASSWORD zip-crypto");
            assertThat(StraysTest.look(workshop.make(script + " -outform " + form + " -in open.txt -out out"))).as(form).isEqualTo("NONE none");
        }
    }

    /** By hand, since Debian's openssl doesn't compress. */
    @Test
    void whatIsOnlyCompressedIsLookedInto() throws Exception {
        for (byte[] file : new byte[][] {secret, plain}) {
            var zlib = new ByteArrayOutputStream();
            try (var out = new java.util.zip.DeflaterOutputStream(zlib)) {
                out.write(message(TEXT, attached(file)).getBytes(StandardCharsets.ISO_8859_1));
            }
            byte[] data = der(0x30, HexFormat.of().parseHex("06092a864886f70d010701"), der(0xa0, der(4, zlib.toByteArray())));
            byte[] algorithm = der(0x30, HexFormat.of().parseHex("060b2a864886f70d0109100308"));
            byte[] cms = der(0x30, HexFormat.of().parseHex("060b2a864886f70d0109100109"), der(0xa0, der(0x30, new byte[] {2, 1, 0}, algorithm, data)));
            assertThat(StraysTest.look(cms)).isEqualTo(file == secret ? "PASSWORD zip-crypto" : "NONE none");
        }
    }

    private static byte[] der(int tag, byte[]... contents) {
        var content = new ByteArrayOutputStream();
        for (byte[] each : contents) {
            content.writeBytes(each);
        }
        var all = new ByteArrayOutputStream();
        all.writeBytes(new byte[] {(byte) tag, (byte) 0x82, (byte) (content.size() >> 8), (byte) content.size()});
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '¦', textBlock = """
        Content-Type: application/zip; boundary=no\\r\\nContent-Transfer-Encoding: BASE64
        Content-Transfer-Encoding: (a comment) "base64"
        content-transfer-encoding:base64
        Content-Transfer-Encoding : base64
        Content-Transfer-Encoding: 7bit\\r\\nContent-Transfer-Encoding: base64
        Content-Transfer-Encoding: base64\\r\\nContent-Transfer-Encoding: 7bit
        Content-Transfer-Encoding:\\r\\n base64
        """)
    void anEncodingIsReadAsSomebodyMay(String fields) throws Exception {
        assertThat(look(message(TEXT, fields.replace("\\r\\n", "\r\n") + "\r\n\r\n" + base64(secret)))).isIn("PASSWORD zip-crypto", "UNKNOWN message-unclear")
                .startsWith(fields.contains("boundary") ? "" : "PASSWORD");
    }

    @Test
    void otherEncodingsAreReadToo() throws Exception {
        byte[] uu = workshop.make("python3 - > out <<'E'\nimport binascii\nd=open('secret.zip','rb').read()\nprint('begin 644 a.zip')\n"
                + "for i in range(0,len(d),45): print(binascii.b2a_uu(d[i:i+45]).decode(),end='')\nprint('`\\nend')\nE");
        byte[] quoted = workshop.make("python3 -c \"import quopri,sys; quopri.encode(open('secret.zip','rb'),sys.stdout.buffer,True)\" > out");
        String uuText = new String(uu, StandardCharsets.ISO_8859_1);
        assertThat(look(message("Content-Type: text/plain\r\n\r\nHello\r\n\r\n" + uuText))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(TOP + "\r\nHello\r\n\r\n" + uuText)).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(TOP + "\r\nHello\r\n\r\n" + uuText.replace("a.zip", FOR_ALL))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(message("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(("Hello\r\n" + uuText).getBytes(StandardCharsets.ISO_8859_1)))))
                .isEqualTo("PASSWORD zip-crypto");
        assertThat(look(message("Content-Type: a/b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + new String(quoted, StandardCharsets.ISO_8859_1))))
                .isEqualTo("PASSWORD zip-crypto");
        assertThat(look(message("Content-Type: a/b\r\nContent-Transfer-Encoding: binary\r\n\r\n" + new String(secret, StandardCharsets.ISO_8859_1)))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(message("Content-Type: a/b\r\nContent-Transfer-Encoding: x-own\r\n\r\n" + base64(secret)))).isEqualTo("UNKNOWN message-encoding");
        assertThat(look(message("Content-Type: text/plain\r\n\r\n=ybegin line=128 size=10 name=a.zip\r\nxyz"))).isEqualTo("UNKNOWN message-encoding");
        assertThat(look(message("Content-Type: text/plain\r\n\r\n=ybegin line=128 size=10 name=" + FOR_ALL + "\r\nxyz"))).isEqualTo("UNKNOWN message-encoding");
    }

    /** As encoders of all ages write the first line (POSIX uuencode; git's modes). */
    @ParameterizedTest
    @ValueSource(strings = {"begin 644 a.zip", "begin 0644 a.zip", "begin 100644 a.zip", "begin  644 a.zip", "begin 644  a.zip", "begin\t644 a.zip", "begin 644\ta.zip", "begin 644", "begin 644 ",
        "begin a.zip", "begin  a.zip", "begin 7777 a.zip", "begin 00644 a.zip", "begin-base64 644 a.zip", "begin-base64\t100644 a.zip", "begin-base64 a.zip"})
    void aFileInATextIsSeenBehindEveryFirstLine(String first) throws Exception {
        boolean base64 = first.startsWith("begin-base64");
        String octets = base64 ? base64(secret) + "====\r\n" : uuencoded(secret) + "`\r\nend\r\n";
        for (String file : new String[] {first + "\r\n" + octets, first + "\r\n\r\n" + octets, first + "\n" + octets.replace("\r\n", "\n")}) {
            String text = "Content-Type: text/plain\r\n\r\nbegin with the second step, which\r\nfollows.\r\n\r\n" + file + "bye\r\n";
            assertThat(look(TOP + text)).isEqualTo("PASSWORD zip-crypto");
            assertThat(look(message(TEXT, text))).isEqualTo("PASSWORD zip-crypto");
            assertThat(look(message(TEXT, "Content-Type: message/rfc822\r\n\r\n" + TOP + text))).isEqualTo("PASSWORD zip-crypto");
            assertThat(look(message(text.replace("begin with", "begin 644 x\r\nbegin with")))).as("what begins in between").isEqualTo("PASSWORD zip-crypto");
        }
        assertThat(look(message("Content-Type: text/plain\r\n\r\n\u00ef\u00bb\u00bf" + first + "\r\n" + octets))).as("behind a byte order mark").isEqualTo("PASSWORD zip-crypto");
        assertThat(look(message("Content-Type: text/plain\r\n\r\n" + first + "\r\n" + (base64 ? base64(plain) + "====" : uuencoded(plain) + "`\r\nend") + "\r\nbye"))).isEqualTo("NONE none");
    }

    /** Mail programs go by the ending, and read on behind a line that is no field; then it can't be told at least. */
    @ParameterizedTest
    @ValueSource(strings = {"abc", " folded", "Received by foo", "Foo bar: x", "X-\u8868: x", "\tx", "Subject:WAVE"})
    void whatIsCalledAMessageIsReadAsOneHoweverItBegins(String first) throws Exception {
        String text = first + "\r\n" + message(attached(secret));
        byte[] file = text.getBytes(StandardCharsets.UTF_8);
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("Plan.EML", Octets.of(file));
        assertThat(findings.protection()).isEqualTo(Protection.PASSWORD);
        assertThat(findings.type().id()).isEqualTo("eml");
        var sniffer = new Sniffer();
        sniffer.write(file, 0, file.length);
        assertThat(sniffer.needsLook("plan.eml")).isTrue();
    }

    @Test
    void aFieldMayHaveALongName() throws Exception {
        assertThat(look("X-" + "n".repeat(90) + ": 1\r\n" + message(attached(secret)))).isEqualTo("PASSWORD zip-crypto");
    }

    /** Programs that unpack open uuencode by itself, and calendars show what is attached to an appointment. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileInATextThatIsAFileIsSeenToo(boolean isSecret) throws Exception {
        byte[] zip = workshop.make("cat " + (isSecret ? "secret" : "plain") + ".zip > out");
        String expected = isSecret ? "PASSWORD zip-crypto" : "NONE none";
        String folded = base64(zip).replace("\r\n", "\r\n ").stripTrailing() + "\r\n";
        for (String text : List.of("begin 644 a.zip\n" + uuencoded(zip) + "`\nend\n", "See below.\n\nbegin-base64 644 a.zip\n" + base64(zip) + "====\n", "begin 0644 a.txt\n`\nend\nbegin 644 a.zip\n" + uuencoded(zip),
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTACH;FMTTYPE=application/zip;VALUE=BINARY;X-FILENAME=\"a:b\";ENCODING=BASE64:" + folded + "END:VEVENT\r\n",
                "begin:vcalendar\nATTACH;VALUE=BINARY;ENCOD\n ING=BASE64\n :" + folded + "END:VCALENDAR",
                "BEGIN:VCARD\r\nVERSION:2.1\r\nX-FILE;BASE64:\r\n " + folded + "\r\nEND:VCARD\r\n")) {
            assertThat(StraysTest.look(text.getBytes(StandardCharsets.ISO_8859_1))).as(text.substring(0, 30)).isEqualTo(expected);
            workshop.put("x.dat", text.getBytes(StandardCharsets.ISO_8859_1));
            for (String packed : List.of("zip -q -0 x.zip a.txt x.dat; mv x.zip out", "zip -q x.zip a.txt x.dat; mv x.zip out", "tar cf out x.dat")) {
                assertThat(StraysTest.look(workshop.make(packed))).as(packed).isEqualTo(expected);
            }
            assertThat(look(message("Content-Type: text/calendar\r\n\r\n" + text))).as("a part of a message").isEqualTo(expected);
        }
    }

    private static String uuencoded(byte[] octets) {
        var lines = new StringBuilder();
        for (int at = 0; at < octets.length; at += 45) {
            int count = Math.min(45, octets.length - at);
            lines.append((char) (' ' + count));
            for (int group = at; group < at + count; group += 3) {
                int bits = (octets[group] & 0xff) << 16 | (group + 1 < octets.length ? octets[group + 1] & 0xff : 0) << 8 | (group + 2 < octets.length ? octets[group + 2] & 0xff : 0);
                for (int shift = 18; shift >= 0; shift -= 6) {
                    int sign = bits >> shift & 0x3f;
                    lines.append(sign == 0 ? '`' : (char) (' ' + sign));
                }
            }
            lines.append("\r\n");
        }
        return lines.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"begin with the second step", "begin 2026 with what is left", "begin-base64 is what GNU writes", "begin 644 is a first line", "beginning", "begin"})
    void whatOnlyBeginsLikeAFileHidesNoneBehind(String first) throws Exception {
        String text = "Content-Type: text/plain\r\n\r\n" + first + "\r\nand so on, ALL OF IT\r\nHELLO\r\n";
        assertThat(look(message(text))).isEqualTo("NONE none");
        assertThat(look(message(text + "begin a.zip\r\n" + uuencoded(secret) + "`\r\nend\r\n"))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(message(text + "=ybegin line=128 size=10 name=a.zip\r\nxyz"))).isEqualTo("UNKNOWN message-encoding");
    }

    @Test
    void whereReadersWouldDifferItCannotBeTold() throws Exception {
        assertThat(look(TOP + "Content-Type: multipart/mixed\r\n\r\n--b\r\n" + attached(secret) + "--b--\r\n")).startsWith("UNKNOWN message-unclear");
        assertThat(look(TOP + "Content-Type: multipart/mixed; boundary=c\r\n\r\n--b\r\n" + attached(secret) + "--b--\r\n")).startsWith("UNKNOWN message-unclear");
        assertThat(look(TOP + "Content-Type: multipart/mixed; boundary*0=\"b\"; boundary*1=\"c\"\r\n\r\n--bc\r\n" + attached(secret) + "--bc--\r\n"))
                .startsWith("UNKNOWN message-unclear");
        assertThat(look(TOP + "Content-Type: multipart/mixed; boundary=b; boundary=c\r\n\r\n--c\r\n" + attached(secret) + "--c--\r\n")).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(TOP + "Content-Type: multipart/mixed; boundary=b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + attached(secret) + "--c--\r\n"))
                .isEqualTo("PASSWORD zip-crypto");
        assertThat(look(TOP + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + TEXT + "\r\n--b--\r\n--b\r\n" + attached(secret))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(TOP + "Content-Type: message/partial; id=a; number=1; total=2\r\n\r\nabc")).isEqualTo("UNKNOWN message-partial");
        String padded = "X-Padding: " + "x".repeat(60) + "\r\n";
        assertThat(look(padded.repeat(80) + message(TEXT, attached(secret)))).isEqualTo("PASSWORD zip-crypto");
    }

    @Test
    void somethingBehindAnAttachedPictureIsSeen() throws Exception {
        byte[] both = workshop.make("(cat c.png; cat secret.zip) > out");
        assertThat(look(message(TEXT, attached(both)))).isEqualTo("PASSWORD zip-crypto");
        byte[] seven = workshop.make("7zz a -bso0 -psecret x.7z a.txt; (cat c.png; cat x.7z; cat c.png) > out; rm x.7z");
        assertThat(look(message(TEXT, attached(seven)))).isEqualTo("PASSWORD 7z-content");
    }

    @Test
    void aReportWithAHeaderAloneIsNone() throws Exception {
        String header = TOP + "Content-Type: multipart/mixed; boundary=gone\r\n";
        assertThat(look(TOP + "Content-Type: multipart/report; boundary=r\r\n\r\n--r\r\n" + TEXT + "\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;a\r\n\r\n"
                + "Final-Recipient: rfc822;a@b\r\n\r\n--r\r\nContent-Type: text/rfc822-headers\r\n\r\n" + header + "\r\n--r--\r\n")).isEqualTo("NONE none");
        assertThat(look(header)).isEqualTo("NONE none");
    }

    @Test
    void aMessageOfManyPartsEnds() throws Exception {
        assertThat(look(message("\r\nx".repeat(1) + ("\r\n--=_a b\r\n\r\nx").repeat(20_000)))).isEqualTo("UNKNOWN beyond-entries");
        var many = new StringBuilder(TOP);
        for (int i = 0; i < 300; i++) {
            many.append("Content-Type: multipart/mixed; boundary=b").append(i).append("\r\n\r\n--b").append(i).append("\r\n");
        }
        assertThat(look(many.toString())).isEqualTo("UNKNOWN message-unclear");
        assertThat(look(TOP + "\r\n" + "x".repeat(3_000_000))).isEqualTo("NONE none");
        byte[] noise = new byte[3_000_000];
        new Random(5).nextBytes(noise);
        assertThat(look(TOP + "\r\n" + new String(noise, StandardCharsets.ISO_8859_1))).isEqualTo("NONE none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN:VCARD\nVERSION:3.0\nFN:a\nEND:VCARD\n", "name: a\nversion: 2\n", "Note: this is a text.\nIt goes on.\n", "Subject: what a letter is about\n\nDear all,\n",
        "http://a.example/\nhttp://b.example/\n", "a,b\n1,2\n"})
    void aTextThatIsNoMessageIsAText(String text) throws Exception {
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(Inspector.sniff(octets, octets.length).id()).isEqualTo("text");
        assertThat(StraysTest.look(octets)).isEqualTo("NONE none");
    }
}
