package sekisho.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Ports on loopback for servers to listen on. Each is given out once in this JVM, none to another JVM, and none is a port that the kernel
 * gives to connections: what is free now is free when the server comes to bind it.
 *
 * <p>They come in blocks. The JVM that listens on the first port of a block owns the others; its end gives the block back, whatever ends it.
 */
public final class FreePorts {
    private static final int FIRST = 12_000;
    private static final int BLOCK = 50;
    /** Where the kernel begins with the ports of connections, unless it is told otherwise. */
    private static final int USUAL_END = 32_768;

    /** The first ports of our blocks; held open as long as this JVM lives, since servers may be on the others. */
    private static final Deque<ServerSocket> MARKS = new ArrayDeque<>();

    private static int next;
    private static int end;

    private FreePorts() {}

    /**
     * A port that nobody listens on and nobody else is given.
     *
     * @throws ServerException when there is none
     */
    public static synchronized int take() {
        while (true) {
            if (next == end) {
                takeBlock();
            }
            int port = next++;
            try (var _ = listen(port)) {
                return port;
            } catch (IOException _) {
                // somebody who asks nobody listens there
            }
        }
    }

    private static void takeBlock() {
        int last = endOfRange();
        for (int first = MARKS.isEmpty() ? FIRST : end; first + BLOCK <= last; first += BLOCK) {
            try {
                MARKS.add(listen(first));
                next = first + 1;
                end = first + BLOCK;
                return;
            } catch (IOException _) {
                // another JVM's
            }
        }
        throw new ServerException("no free ports on 127.0.0.1 between " + FIRST + " and " + last);
    }

    private static ServerSocket listen(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    /** Where the ports of connections begin; where that leaves too few, the usual number, and luck. */
    private static int endOfRange() {
        try {
            int begin = Integer.parseInt(Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range")).strip().split("\\s+")[0]);
            return begin >= FIRST + 100 * BLOCK ? begin : USUAL_END;
        } catch (IOException _) {
            return USUAL_END;
        }
    }
}
