package sekisho.mailhook.relay;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the next hop says once the connection is open. The library keeps what it has read ahead to itself; here it can be seen whether there is
 * more than the answers that were waited for.
 */
final class Replies {

    /** For what TLS has received and not decrypted yet: it is there, and mostly whole. */
    private static final Duration DECRYPTING = Duration.ofMillis(100);

    private final RelaySockets sockets;
    private final InputStream in;
    private final byte[] input = new byte[2048];
    private int position;
    private int limit;

    /** @param sockets whose TLS has begun, if there is to be any */
    Replies(RelaySockets sockets) throws IOException {
        this.sockets = sockets;
        this.in = sockets.in();
    }

    /**
     * The lines of one reply as they came, an octet a character, each ended by LF.
     *
     * @return null when the connection has ended, be it in the middle of one
     */
    @Nullable String read(Duration atMost, long octets) throws IOException {
        sockets.socket.expectWithin(atMost, octets);
        var lines = new StringBuilder();
        boolean goesOn = false;
        do {
            int line = lines.length();
            int octet = next();
            for (; octet >= 0 && octet != '\n'; octet = next()) {
                lines.append((char) octet);
            }
            if (octet < 0) {
                return null;
            }
            if (lines.length() > line && lines.charAt(lines.length() - 1) == '\r') {
                lines.setLength(lines.length() - 1);
            }
            goesOn = RemoteReply.goesOn(lines.substring(line), goesOn);
            lines.append('\n');
        } while (goesOn);
        return lines.toString();
    }

    private int next() throws IOException {
        return position < limit || fill() ? input[position++] & 0xff : -1;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = 0;   // also when nothing comes
        limit = Math.max(0, in.read(input));
        return limit > 0;
    }

    /**
     * Whether the next hop has said more than was read, as far as can be told without waiting for it.
     *
     * @throws IOException when it has ended TLS
     */
    boolean hasMore() throws IOException {
        if (position < limit || in.available() > 0) {
            return true;
        }
        if (!sockets.isEncrypted() || sockets.socket.getInputStream().available() == 0) {
            return false;
        }
        sockets.socket.expectWithin(DECRYPTING, Long.MAX_VALUE);
        try {
            if (fill()) {
                return true;
            }
        } catch (SocketTimeoutException _) {
            return false;   // it was TLS's own: new keys, a ticket
        }
        throw new IOException("it has ended the connection");
    }
}
