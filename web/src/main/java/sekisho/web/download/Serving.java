package sekisho.web.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import sekisho.storage.Plaintext;
import sekisho.storage.SealBrokenException;

/** Copies plaintext to a client, chunk by chunk, each only if access is still open. */
final class Serving {

    private final ClientStream client;
    private final IntPredicate mayServe;
    private final IntConsumer served;

    /**
     * @param mayServe asked before so many octets go out
     * @param served   told after so many octets were handed to the network
     */
    Serving(ClientStream client, IntPredicate mayServe, IntConsumer served) {
        this.client = client;
        this.mayServe = mayServe;
        this.served = served;
    }

    /**
     * Sends head and body. The last octet counts as served only when the socket has taken it, so a download that broke just before
     * its end is not complete.
     *
     * @return false when access ended; the body is not whole
     * @throws ClientStream.GoneException the client has gone or stalled
     * @throws IOException the store or the seal broke. Nothing was sent if the client's stream has not begun
     */
    boolean serve(Plaintext plaintext, long length) throws IOException, ClientStream.GoneException {
        try {
            return copy(plaintext, length);
        } finally {
            client.leave();
        }
    }

    private boolean copy(Plaintext plaintext, long length) throws IOException, ClientStream.GoneException {
        long left = length;
        do {
            var chunk = client.chunk();
            boolean sent = false;
            try {
                int octets = fill(chunk, plaintext, left);
                if (!mayServe.test(octets)) {
                    return false;
                }
                if (octets > 0) {
                    left -= octets;
                    sent = true;
                    client.write(chunk.flip());
                    served.accept(left == 0 ? octets - 1 : octets);
                }
            } finally {
                if (!sent) {
                    client.giveBack(chunk);
                }
            }
        } while (left > 0);
        client.finish();
        if (length > 0) {
            served.accept(1);
        }
        return true;
    }

    /** An empty object is read too: its one segment says that nothing was cut off. */
    private static int fill(ByteBuffer chunk, Plaintext plaintext, long left) throws IOException {
        chunk.limit((int) Math.min(chunk.capacity(), Math.max(left, 1)));
        do {
            int octets = plaintext.read(chunk);
            if (octets < 0 && left > 0 || octets > left) {
                throw new SealBrokenException("the object isn't as long as its row says");
            }
        } while (left > 0 && chunk.hasRemaining());
        return chunk.position();
    }
}
