package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.OutputStream;

import sekisho.mailhook.mime.codec.OctetConsumer;

/** Passes octets on and puts others in between at one place, or at the end when the place isn't reached. */
final class AtPlace implements OctetConsumer {

    private final OutputStream out;
    private final byte[] inserted;
    private long left;
    private boolean done;

    AtPlace(long place, OutputStream out, byte[] inserted) {
        this.left = place;
        this.out = out;
        this.inserted = inserted;
    }

    @Override
    public void accept(byte[] b, int off, int len) throws IOException {
        int before = done ? len : (int) Math.min(left, len);
        out.write(b, off, before);
        left -= before;
        if (!done && left == 0 && len > 0) {
            done = true;
            out.write(inserted);
            out.write(b, off + before, len - before);
        }
    }

    void end() throws IOException {
        if (!done) {
            done = true;
            out.write(inserted);
        }
    }
}
