package sekisho.mailhook.mime;

import java.io.IOException;

/**
 * Where the two halves of a message go while it streams by: what remains of it to the spool, the decoded attachments
 * each to a place of its own. Called in stream order, by one thread. An {@link IOException} is passed on by the splitter,
 * which is of no use after it.
 */
public interface SplitSink {

    /** The next octets of the spool. The array belongs to the splitter and is overwritten after the call. */
    void spool(byte[] octets, int offset, int length) throws IOException;

    /** A new attachment begins. */
    AttachmentSink open(AttachmentHead head) throws IOException;
}
