package sekisho.mailhook.mime;

import java.io.IOException;

/**
 * Takes the decoded octets of one attachment, then exactly one of {@link #finish} and {@link #withdraw}. Neither comes
 * when the message is refused or the splitter is dropped: whoever made the sink cleans up then.
 */
public interface AttachmentSink {

    /** The array belongs to the splitter and is overwritten after the call. */
    void write(byte[] octets, int offset, int length) throws IOException;

    /** All octets were given. For an undecided attachment this comes at the latest with the end of the message. */
    void finish(long decodedOctets) throws IOException;

    /** The part is no attachment after all and stays in the message; what was written is to be forgotten. */
    void withdraw() throws IOException;
}
