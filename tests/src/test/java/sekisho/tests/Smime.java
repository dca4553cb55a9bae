package sekisho.tests;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Messages in which parts stay, as S/MIME, reports and HTML have them, around whatever a test puts into them. Nobody has signed what is signed here. */
public final class Smime {

    private static final byte[] DATA = id("2a864886f70d010701");
    private static final byte[] VERSION = element(0x02, new byte[] {1});
    private static final byte[] ALGORITHMS = element(0x31, element(0x30, id("608648016503040201")));
    private static final byte[] SIGNERS = element(0x31, element(0x30, VERSION, element(0x04, new byte[70])));

    private Smime() {
    }

    /** Signed in the clear, with files. */
    public static byte[] clear(String subject, String name, byte[]... files) {
        return message(subject, multipart("signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256", "s", letter(name, files),
            part("application/pkcs7-signature; name=smime.p7s", "", signedData(element(0x30, DATA)))));
    }

    /** Signed as one part that mail programs unpack. */
    public static byte[] opaque(String subject, String name, byte[]... files) {
        return message(subject, opaque(letter(name, files)));
    }

    /** As above, and signed once more. */
    public static byte[] opaqueTwice(String subject, String name, byte[]... files) {
        return message(subject, opaque(opaque(letter(name, files))));
    }

    private static String opaque(String entity) {
        return part("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "",
            signedData(element(0x30, DATA, element(0xA0, element(0x04, entity.getBytes(StandardCharsets.US_ASCII))))));
    }

    /** What begins like an encrypted message, and a file behind it. */
    public static byte[] forged(String subject, byte[] file) {
        byte[] beginning = element(0x30, id("2a864886f70d010703"), element(0xA0, element(0x30, VERSION, element(0x31, element(0x30, VERSION)), element(0x30, DATA))));
        return message(subject, part("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "", join(beginning, file)));
    }

    /** A delivery report that returns a message with a file. */
    public static byte[] report(String subject, String name, byte[] file) {
        return message(subject, multipart("report; report-type=delivery-status", "r", "Content-Type: text/plain\r\n\r\nfailed\r\n",
            "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.co.jp\r\n\r\nFinal-Recipient: rfc822; x@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n",
            "Content-Type: message/rfc822\r\n\r\nFrom: a@example.com\r\nTo: x@example.com\r\nSubject: returned\r\nMIME-Version: 1.0\r\n" + letter(name, file)));
    }

    /** HTML that shows an image. */
    public static byte[] shown(String subject, byte[] image) {
        return message(subject, multipart("related", "h", "Content-Type: text/html\r\n\r\n<p>Hello <img src=\"cid:logo\"></p>\r\n",
            part("image/png; name=logo.png", "Content-ID: <logo>\r\n", image)));
    }

    /** The smallest PNG, with octets in a chunk that viewers skip. */
    public static byte[] png(byte[] hidden) {
        byte[] length = {(byte) (hidden.length >> 24), (byte) (hidden.length >> 16), (byte) (hidden.length >> 8), (byte) hidden.length};
        byte[] signature = "\u0089PNG\r\n\u001A\n".getBytes(StandardCharsets.ISO_8859_1);
        return join(signature, length, "teXt".getBytes(StandardCharsets.US_ASCII), hidden, new byte[4], new byte[4],
            "IEND\u00AEB`\u0082".getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] message(String subject, String entity) {
        return ("From: Hanako <hanako@example.co.jp>\r\nTo: Taro <taro@partner.example>\r\nSubject: " + subject + "\r\nMessage-ID: <" + Integer.toHexString(subject.hashCode())
            + "s@example.co.jp>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0900\r\nMIME-Version: 1.0\r\n" + entity).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String letter(String name, byte[]... files) {
        return multipart("mixed", "m", Stream.concat(Stream.of("Content-Type: text/plain\r\n\r\nHere it is.\r\n"), Stream.of(files).map(file ->
            part("application/octet-stream; name=" + name, "Content-Disposition: attachment; filename=" + name + "\r\n", file))).toArray(String[]::new));
    }

    private static String multipart(String type, String boundary, String... parts) {
        return "Content-Type: multipart/" + type + "; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n" + String.join("\r\n--" + boundary + "\r\n", List.of(parts))
            + "\r\n--" + boundary + "--\r\n";
    }

    private static String part(String type, String fields, byte[] content) {
        return "Content-Type: " + type + "\r\n" + fields + "Content-Transfer-Encoding: base64\r\n\r\n"
            + new String(Base64.getMimeEncoder().encode(content), StandardCharsets.US_ASCII) + "\r\n";
    }

    private static byte[] signedData(byte[] inside) {
        return element(0x30, id("2a864886f70d010702"), element(0xA0, element(0x30, VERSION, ALGORITHMS, inside, SIGNERS)));
    }

    private static byte[] id(String hex) {
        return element(0x06, HexFormat.of().parseHex(hex));
    }

    private static byte[] element(int tag, byte[]... parts) {
        byte[] content = join(parts);
        int n = content.length;
        byte[] head = n < 0x80 ? new byte[] {(byte) tag, (byte) n} : new byte[] {(byte) tag, (byte) 0x84, (byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
        return join(head, content);
    }

    private static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
