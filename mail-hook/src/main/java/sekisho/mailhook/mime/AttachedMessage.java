package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads along in a message that is taken out whole, only to see whether it is a bomb: more messages and multiparts inside each
 * other, or more parts, by itself or together with others that are attached, than mail has. Those who look into it behind us are not made to suffer.
 * Whatever else is wrong with it is its reader's affair, and what is attached to it in another transfer encoding is a file like any other. What is inside
 * a signed message is found, for the message around, and whether it has a header field outside ASCII.
 */
final class AttachedMessage {

    /** Mail that was passed on as an attachment ten times has twenty; other servers stop at this many. */
    private static final int NESTING = 100;

    private @Nullable MessageSplitter splitter;   // until its end
    private boolean eightBitHeader;

    /** @param around the message that it is attached to */
    AttachedMessage(SplitLimits outer, Assembly around) {
        var limits = new SplitLimits(outer.headerOctets(), outer.headerLineOctets(), outer.headerFields(), Math.max(NESTING, outer.nesting()),
            outer.parts(), outer.inlineImageOctets(), outer.inlineImagesOctets(), outer.keptPartOctets());
        this.splitter = MessageSplitter.ofAttached(new SplitRules(limits, Forwarded.INSIDE, true), new NothingKept(), around);
    }

    void accept(byte[] b, int off, int len) throws IOException {
        Objects.requireNonNull(splitter).feed(b, off, len);
    }

    /** It is whole. @throws Refusal it is a bomb */
    void end() throws IOException, Refusal {
        MessageSplitter read = splitter;
        if (read == null) {
            return;
        }
        splitter = null;
        SplitResult result = read.end();
        eightBitHeader = read.hasEightBitHeader();
        if (result instanceof SplitResult.Refused(_, var reason) && read.isBeyondLimits()) {
            throw Refusal.beyond("in an attached message: " + reason);
        }
    }

    boolean hasEightBitHeader() {
        return eightBitHeader;
    }
}
