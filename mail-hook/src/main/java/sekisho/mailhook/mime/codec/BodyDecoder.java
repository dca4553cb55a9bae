package sekisho.mailhook.mime.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Turns the octets of a body into what they stand for. Feed it blocks of any size, then call {@link #end()} once. It
 * throws only what its consumer throws.
 */
public abstract class BodyDecoder {

    protected final OctetConsumer out;

    protected BodyDecoder(OctetConsumer out) {
        this.out = out;
    }

    public static BodyDecoder of(TransferEncoding encoding, OctetConsumer out) {
        return switch (encoding) {
            case BASE64 -> new Base64Decoder(out);
            case QUOTED_PRINTABLE -> new QuotedPrintableDecoder(out);
            case UUENCODE -> new UuDecoder(out);
            case YENC -> new YencDecoder(out);
            case SEVEN_BIT, EIGHT_BIT, BINARY, UNKNOWN -> new Identity(out);
        };
    }

    /** For a file: nothing of it may be lost, also when it isn't in the encoding that its label says. */
    public static BodyDecoder ofFile(TransferEncoding encoding, OctetConsumer out) {
        return encoding == TransferEncoding.BASE64 ? new LabelledBase64(out) : of(encoding, out);
    }

    /** Decodes octets that are at hand as a whole. */
    public static byte[] decode(TransferEncoding encoding, byte[] octets) {
        var whole = new ByteArrayOutputStream(octets.length);
        BodyDecoder decoder = of(encoding, whole::write);
        try {
            decoder.decode(octets, 0, octets.length);
            decoder.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return whole.toByteArray();
    }

    public abstract void decode(byte[] octets, int offset, int length) throws IOException;

    /** Gives out what is still held back; the end of the body has been reached. */
    public abstract void end() throws IOException;

    /** Whether the body was in the encoding that its label says, and doesn't stand for itself; of base64 known as soon as something is given
     * out, of the others at the end. */
    public boolean isAsLabelled() {
        return true;
    }

    /** Whether readers decode the body to other octets than these, and no reading is safe; known at the end. */
    public boolean isAmbiguous() {
        return false;
    }

    /** Whether something that isn't encoded stands behind what is; known at the end. */
    public boolean isFollowed() {
        return false;
    }

    private static final class Identity extends BodyDecoder {
        Identity(OctetConsumer out) {
            super(out);
        }

        @Override public void decode(byte[] octets, int offset, int length) throws IOException {
            out.accept(octets, offset, length);
        }

        @Override public void end() {
        }
    }
}
