package sekisho.tests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Messages of the stories, written here octet for octet. */
public final class Messages {

    /** Name of the first attachment of {@link #twoAttachments}. */
    public static final String JAPANESE_NAME = "見積書①㈱.csv";
    /** Name of its second attachment. */
    public static final String PLAIN_NAME = "plan.pdf";

    private Messages() {
    }

    /** So many octets, the same for the same seed; they don't compress. */
    public static byte[] octets(int count, long seed) {
        var octets = new byte[count];
        new Random(seed).nextBytes(octets);
        return octets;
    }

    /** A ZIP with one entry. */
    public static byte[] zip(String entry, byte[] content) {
        var octets = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(octets)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return octets.toByteArray();
    }

    /** A multipart message with text, HTML and two attachments; the first has a Japanese name with vendor characters. */
    public static byte[] twoAttachments(String subject, byte[] first, byte[] second) {
        var out = new ByteArrayOutputStream();
        write(out, """
            From: Hanako <hanako@example.co.jp>
            To: Taro <taro@partner.example>
            Subject: %s
            Message-ID: <%s@example.co.jp>
            Date: Sun, 22 Nov 2026 10:00:00 +0900
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="outer"

            --outer
            Content-Type: multipart/alternative; boundary="inner"

            --inner
            Content-Type: text/plain; charset=utf-8

            Dear Taro, the files you asked for.
            --inner
            Content-Type: text/html; charset=utf-8

            <html><body><p>Dear Taro, the files you asked for.</p></body></html>
            --inner--
            --outer
            Content-Type: text/csv; name="=?cp932?B?%s?="
            Content-Disposition: attachment; filename="=?cp932?B?%s?="
            Content-Transfer-Encoding: base64

            """.formatted(encoded(subject), Integer.toHexString(subject.hashCode()), cp932(), cp932()));
        write(out, body(first));
        write(out, """
            --outer
            Content-Type: application/pdf
            Content-Disposition: attachment; filename=plan.pdf
            Content-Transfer-Encoding: base64

            """);
        write(out, body(second));
        write(out, "--outer--\n");
        return out.toByteArray();
    }

    /** A text message without attachments. */
    public static byte[] plain(String subject, String text) {
        var out = new ByteArrayOutputStream();
        write(out, "From: hanako@example.co.jp\nTo: undisclosed-recipients:;\nSubject: " + encoded(subject) + "\nMessage-ID: <"
            + Integer.toHexString(subject.hashCode()) + "p@example.co.jp>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n" + text + "\n");
        return out.toByteArray();
    }

    private static String cp932() {
        return Base64.getEncoder().encodeToString(JAPANESE_NAME.getBytes(java.nio.charset.Charset.forName("windows-31j")));
    }

    private static String encoded(String text) {
        return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "?=";
    }

    private static String body(byte[] content) {
        return Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(content) + "\n";
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }
}
