package sekisho.mailhook.mime.rewrite;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A place in a decoded text that something can be put into.
 *
 * @param at        octets from the start of the text
 * @param last      whether nothing comes behind
 * @param openLine  whether the line in front has no end yet
 * @param separated whether nothing stands in front, or an empty line
 * @param shifted   whether an ISO-2022 escape sequence is still in force that makes ASCII something else
 */
record Gap(long at, boolean last, boolean openLine, boolean separated, boolean shifted) {

    /** Twice: behind half a character the first escape is taken for its other half. */
    private static final byte[] TO_ASCII = {0x1B, '(', 'B', 0x1B, '(', 'B'};

    static Gap start(long at) {
        return new Gap(at, false, false, true, false);
    }

    /** The octets of a block with what makes it a paragraph of its own here. */
    byte[] around(byte[] block, boolean html) {
        var out = new ByteArrayOutputStream(block.length + 8);
        if (shifted) {
            out.writeBytes(TO_ASCII);
        }
        if (!html) {
            out.writeBytes(((openLine ? "\r\n" : "") + (separated ? "" : "\r\n")).getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(block);
        if (!html && !last) {
            out.writeBytes(new byte[] {'\r', '\n'});
        }
        return out.toByteArray();
    }
}
