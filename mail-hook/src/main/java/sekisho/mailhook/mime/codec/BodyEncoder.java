package sekisho.mailhook.mime.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;

/**
 * Writes octets into a message in a transfer encoding. {@link #finish()} ends the encoded body with a line end where the
 * encoding needs one; closing is left to the owner of the stream below.
 */
public abstract class BodyEncoder extends OutputStream {

    private static final String HEX = "0123456789ABCDEF";

    protected final OutputStream out;

    private BodyEncoder(OutputStream out) {
        this.out = out;
    }

    /** @param encoding {@code UUENCODE} and {@code YENC} are never written */
    public static BodyEncoder of(TransferEncoding encoding, OutputStream out) {
        return switch (encoding) {
            case BASE64 -> new Base64Lines(out);
            case QUOTED_PRINTABLE -> new QuotedPrintable(out);
            case SEVEN_BIT, EIGHT_BIT, BINARY, UNKNOWN -> new Identity(out);
            case UUENCODE, YENC -> throw new IllegalArgumentException("no body is written as " + encoding.token());
        };
    }

    public abstract void finish() throws IOException;

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    private static final class Identity extends BodyEncoder {
        Identity(OutputStream out) {
            super(out);
        }

        @Override public void write(byte[] b, int off, int len) throws IOException {
            out.write(b, off, len);
        }

        @Override public void finish() {
        }
    }

    /** Lines of 76 signs, made in blocks of whole lines. */
    private static final class Base64Lines extends BodyEncoder {
        private static final int LINE_OCTETS = 57;
        private static final byte[] CRLF = {'\r', '\n'};

        private final Base64.Encoder encoder = Base64.getEncoder();
        private final byte[] line = new byte[LINE_OCTETS];
        private int filled;

        Base64Lines(OutputStream out) {
            super(out);
        }

        @Override public void write(byte[] b, int off, int len) throws IOException {
            int end = off + len;
            while (off < end) {
                int n = Math.min(end - off, LINE_OCTETS - filled);
                System.arraycopy(b, off, line, filled, n);
                filled += n;
                off += n;
                if (filled == LINE_OCTETS) {
                    out.write(encoder.encode(line));
                    out.write(CRLF);
                    filled = 0;
                }
            }
        }

        @Override public void finish() throws IOException {
            if (filled > 0) {
                out.write(encoder.encode(Arrays.copyOf(line, filled)));
                out.write(CRLF);
                filled = 0;
            }
        }
    }

    /**
     * Text: CRLF and LF stay line ends, everything else that isn't plain ASCII is escaped. So is a hyphen at the beginning of a line: two of them might
     * begin the boundary line of a multipart around it (RFC 2046 §5.1.1), which the text wasn't as it came.
     */
    private static final class QuotedPrintable extends BodyEncoder {
        private static final int LINE_SIGNS = 76;

        private int column;
        private int held = -1;   // a space, tab or CR whose follower decides how it is written

        QuotedPrintable(OutputStream out) {
            super(out);
        }

        @Override public void write(byte[] b, int off, int len) throws IOException {
            for (int i = off; i < off + len; i++) {
                octet(b[i] & 0xFF);
            }
        }

        private void octet(int b) throws IOException {
            int before = held;
            held = -1;
            if (b == '\n') {
                if (before == ' ' || before == '\t') {
                    escaped(before);
                }
                if (before == '\r') {
                    out.write('\r');
                }
                out.write('\n');
                column = 0;
                return;
            }
            if (before == '\r' || before >= 0 && b == '\r') {
                escaped(before);   // a blank before CR is probably the last of its line, and servers on the way drop those
            } else if (before >= 0) {
                literal(before);
            }
            if (b == ' ' || b == '\t' || b == '\r') {
                held = b;
            } else if (b > 32 && b < 127 && b != '=') {
                literal(b);
            } else {
                escaped(b);
            }
        }

        private void literal(int b) throws IOException {
            room(1);
            if (column == 0 && b == '-') {
                escaped(b);
                return;
            }
            out.write(b);
            column++;
        }

        private void escaped(int b) throws IOException {
            room(3);
            out.write('=');
            out.write(HEX.charAt(b >> 4));
            out.write(HEX.charAt(b & 15));
            column += 3;
        }

        private void room(int signs) throws IOException {
            if (column + signs > LINE_SIGNS - 1) {
                out.write('=');
                out.write('\r');
                out.write('\n');
                column = 0;
            }
        }

        @Override public void finish() throws IOException {
            if (held >= 0) {
                escaped(held);
                held = -1;
            }
        }
    }
}
