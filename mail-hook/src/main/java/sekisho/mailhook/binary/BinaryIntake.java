package sekisho.mailhook.binary;

import java.io.IOException;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.smtp.Transactions.Acceptance;
import sekisho.mailhook.smtp.Transactions.MessageIntake;

/** An intake for a message with {@code BODY=BINARYMIME}, in front of the one that takes it without. */
public final class BinaryIntake implements MessageIntake {

    private final MessageIntake next;
    private final BinaryMime encoder;

    /** @param next becomes this intake's to close */
    public BinaryIntake(MessageIntake next, int headerOctets, int lineOctets, int nesting) {
        this.next = next;
        this.encoder = new BinaryMime(next::feed, headerOctets, lineOctets, nesting);
    }

    @Override
    public void feed(byte[] buffer, int offset, int length) throws IOException {
        encoder.feed(buffer, offset, length);
    }

    @Override
    public SmtpReply finish(Acceptance acceptance) throws IOException {
        encoder.end();
        if (encoder.hasConverted()) {
            next.converted();
        }
        return next.finish(acceptance);
    }

    @Override
    public void converted() {
        next.converted();
    }

    @Override
    public SmtpReply refused(SmtpReply reply) {
        return next.refused(reply);
    }

    @Override
    public void close() {
        next.close();
    }
}
