package sekisho.mailhook.mime;

import java.io.IOException;

/**
 * Takes the decoded octets of one attachment, perhaps its name, then exactly one of {@link #finish}, {@link #stay} and {@link #withdraw}. None comes
 * when the message is refused or the splitter is dropped: whoever made the sink cleans up then.
 */
public interface AttachmentSink {

    /** The array belongs to the splitter and is overwritten after the call. */
    void write(byte[] octets, int offset, int length) throws IOException;

    /** No more octets come, and what becomes of them is told later, maybe much later. It may come twice, and not at all when they are decided at once. */
    default void ended() throws IOException {
        // only who has something open meanwhile minds
    }

    /** What it is called, where that stands behind its octets and the head couldn't say: comes before {@link #finish} and {@link #stay}. */
    default void named(String name) {
        // only who judges it by its name minds
    }

    /** All octets were given. For an undecided attachment this comes at the latest with the end of the message. */
    void finish(long decodedOctets) throws IOException;

    /**
     * All octets were given, and the part stays in the message, for everybody, as {@link MessageSplitter#staying()} will tell. It is no
     * attachment, but no less malware if it is some.
     *
     * @param asFile whether it is a file all the same, inside something signed, or an attachment in another reading: policy asks of it what it asks of attachments
     */
    default void stay(boolean asFile) throws IOException {
        withdraw();
    }

    /** The part is nothing to look at: a text, or something that is in another part which is looked at. What was written is to be forgotten. */
    void withdraw() throws IOException;
}
