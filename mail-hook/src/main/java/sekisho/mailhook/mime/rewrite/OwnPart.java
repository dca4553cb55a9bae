package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

import sekisho.mailhook.mime.codec.BodyEncoder;
import sekisho.mailhook.mime.codec.TransferEncoding;

/**
 * The link block as a part of its own: text and HTML, whichever the reader prefers. Boundaries come from the block, which holds a link that
 * nobody knew before, so no text can contain them on purpose; and a copy that is written again is the same.
 */
final class OwnPart {

    private final LinkBlock block;

    OwnPart(LinkBlock block) {
        this.block = block;
    }

    String boundary(String what) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest((what + block.html()).getBytes(StandardCharsets.UTF_8));
            return "=_sekisho_" + HexFormat.of().formatHex(Arrays.copyOf(digest, 12));   // "=_" can't occur in base64 or quoted-printable
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The field that says what {@link #writeBody} writes, with its CRLF. */
    String type() {
        return "Content-Type: multipart/alternative; boundary=\"" + boundary("alternative") + "\"\r\n";
    }

    /** Header and body. */
    void write(OutputStream out) throws IOException {
        ascii(type() + "\r\n", out);
        writeBody(out);
    }

    void writeBody(OutputStream out) throws IOException {
        String boundary = boundary("alternative");
        text("plain", block.text(), boundary, out);
        text("html", block.html(), boundary, out);
        ascii("--" + boundary + "--\r\n", out);
    }

    private static void text(String subtype, String text, String boundary, OutputStream out) throws IOException {
        ascii("--" + boundary + "\r\nContent-Type: text/" + subtype + "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", out);
        BodyEncoder encoder = BodyEncoder.of(TransferEncoding.BASE64, out);
        encoder.write(text.getBytes(StandardCharsets.UTF_8));
        encoder.finish();
    }

    private static void ascii(String text, OutputStream out) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
