package sekisho.mailhook.outgoing;

import java.io.IOException;
import java.io.OutputStream;
import sekisho.mailhook.mime.MessageSplitter;
import sekisho.mailhook.mime.NothingKept;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.mime.SplitRules;
import sekisho.mailhook.mime.codec.EightBit;
import sekisho.mailhook.relay.MessageWriter;

/**
 * What a message needs of the next hop for its text.
 *
 * @param eightBit       8BITMIME: it has octets above 127
 * @param eightBitHeader SMTPUTF8: it has some in header fields, and its client said that they are UTF-8
 */
record Needs(boolean eightBit, boolean eightBitHeader) {

    /** Of a text in ASCII. */
    static final Needs NOTHING = new Needs(false, false);

    /** By writing it once; the fields of its parts, and of messages in it, count too (RFC 6531 §3.6). @throws IOException what {@code message} threw */
    static Needs of(MessageWriter message, SplitLimits limits) throws IOException {
        var seen = new Seen();
        var splitter = new MessageSplitter(SplitRules.within(limits), new NothingKept(), false);
        message.writeTo(new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] octets, int offset, int length) throws IOException {
                seen.eightBit |= EightBit.isIn(octets, offset, offset + length);
                splitter.feed(octets, offset, length);
            }
        });
        splitter.end();
        return new Needs(seen.eightBit, seen.eightBit && splitter.hasEightBitHeader());
    }

    private static final class Seen {
        private boolean eightBit;
    }
}
