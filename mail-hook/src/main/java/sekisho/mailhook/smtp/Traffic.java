package sekisho.mailhook.smtp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected, over all listeners of the process. Those who may not send, or not before they have signed in, get three quarters of all places, so that
 * they never keep the mail server out. A client is an IPv4 address, or the /64 of an IPv6 one: whoever has one has all of them.
 */
public final class Traffic {
    private final int connections;
    private final int connectionsPerClient;
    private final int mostStrangers;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger strangers = new AtomicInteger();
    private final Map<String, Integer> perClient = new ConcurrentHashMap<>();

    public Traffic(int connections, int connectionsPerClient) {
        this.connections = connections;
        this.connectionsPerClient = connectionsPerClient;
        this.mostStrangers = connections - connections / 4;
    }

    /** By what a client is counted. */
    public static String key(InetAddress address) {
        byte[] octets = address.getAddress();
        return address instanceof Inet6Address ? HexFormat.of().formatHex(Arrays.copyOf(octets, 8)) + "/64" : address.getHostAddress();
    }

    /** How many connections are open now. */
    public int connections() {
        return open.get();
    }

    /** A connection of a client that isn't known yet; null when there are too many in all. */
    @Nullable Visit enter() {
        var visit = new Visit();   // before it is counted: there may be no memory for it
        int before = open.getAndUpdate(count -> count < connections ? count + 1 : count);
        return before < connections ? visit : null;
    }

    /** One connection's place in the counts. Used by one thread at a time, and closed by another one too when it isn't known whether that began. */
    final class Visit implements AutoCloseable {
        private @Nullable String client;
        private boolean isStranger;
        private boolean closed;

        /**
         * From now on the connection is this client's; false, and nobody's, when that has too many, or those who may not send have.
         *
         * @param maySend whether it may send without signing in
         */
        synchronized boolean become(InetAddress address, boolean maySend) {
            leaveClient();
            if (closed || !maySend && !isOneMoreStranger()) {
                return false;
            }
            String key = key(address);
            boolean[] fits = {false};
            perClient.compute(key, (_, count) -> {
                int before = count == null ? 0 : count;
                fits[0] = before < connectionsPerClient;
                return fits[0] ? Integer.valueOf(before + 1) : count;
            });
            client = fits[0] ? key : null;
            if (!fits[0]) {
                leaveClient();
            }
            return fits[0];
        }

        private boolean isOneMoreStranger() {
            isStranger = strangers.getAndUpdate(count -> count < mostStrangers ? count + 1 : count) < mostStrangers;
            return isStranger;
        }

        /** It has signed in. */
        synchronized void maySend() {
            if (isStranger) {
                isStranger = false;
                strangers.decrementAndGet();
            }
        }

        private void leaveClient() {
            maySend();
            if (client != null) {
                perClient.computeIfPresent(client, (_, count) -> count > 1 ? count - 1 : null);
                client = null;
            }
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                leaveClient();
                open.decrementAndGet();
            }
        }
    }
}
