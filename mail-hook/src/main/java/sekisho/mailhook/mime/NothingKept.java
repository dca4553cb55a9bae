package sekisho.mailhook.mime;

/** For who reads a message only to see what it is. */
public final class NothingKept implements SplitSink, AttachmentSink {

    @Override
    public void spool(byte[] octets, int offset, int length) {
        // nobody reads it
    }

    @Override
    public AttachmentSink open(AttachmentHead head) {
        return this;
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
        // nobody reads it
    }

    @Override
    public void finish(long decodedOctets) {
        // nothing was kept
    }

    @Override
    public void withdraw() {
        // nothing was kept
    }
}
