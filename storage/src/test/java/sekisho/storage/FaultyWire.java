package sekisho.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A network between a client and a server on this machine, with faults on demand. Knows connections and octets; of HTTP only as much as
 * {@link Fault#UNAVAILABLE} and {@link Fault#SHORT_ANSWER} take.
 */
public final class FaultyWire implements AutoCloseable {
    /** What happens to the request that a fault was ordered for. */
    public enum Fault {
        /** The connection breaks before the server sees anything of it. */
        RESET,
        /** The connection breaks after the ordered number of octets of it. */
        HALF_REQUEST,
        /** From here on nothing passes in either direction, until {@link FaultyWire#mend}. */
        STALL,
        /** An HTTP server says 503 SlowDown in the real one's place. */
        UNAVAILABLE,
        /** The server does it, and the connection breaks before it answers. */
        LOST_ANSWER,
        /** The connection breaks after the ordered number of octets of the answer. */
        HALF_ANSWER,
        /** The connection is closed in good order after the ordered number of octets of the answer. */
        ENDED_ANSWER,
        /** The answer says half the Content-Length, and ends there in good order. */
        SHORT_ANSWER,
        /** After the ordered number of octets of the answer nothing passes in either direction, until {@link FaultyWire#mend}. */
        SILENT_ANSWER,
        /** The answer comes in pieces of the ordered number of octets, or of 8 KiB, a thousand in a second at most. */
        SLOW,
        /** After the ordered number of octets the answer comes octet by octet, ten in a second: never silent, and hardly ever at its end. */
        TRICKLE
    }

    private static final int BUFFER_OCTETS = 64 << 10;
    private static final int PIECE_OCTETS = 8 << 10;
    private static final long PIECE_NANOS = 1_000_000;
    private static final long TRICKLE_NANOS = 100_000_000;
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)(\r\ncontent-length: *)(\\d+)");
    private static final String SLOW_DOWN = "<Error><Code>SlowDown</Code><Message>m</Message></Error>";

    private final ServerSocket listening;
    private final int target;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Order order;
    private volatile boolean down;
    private final AtomicLong answered = new AtomicLong();

    /**
     * A fault that was ordered.
     *
     * @param before what an earlier request on the same connection has in it; empty when it doesn't matter
     * @param trigger what the request has in it, for instance {@code "PUT /bucket/a"}; empty for whatever is sent
     * @param octets of request or answer that pass before it happens, for those that say so
     * @param skip how many such requests still pass before it happens
     * @param left how often it is still to happen
     * @param met counted down when it happens for the first time
     */
    private record Order(String before, String trigger, Fault fault, int octets, AtomicInteger skip, AtomicInteger left, CountDownLatch met, CountDownLatch mended) {
    }

    /** @param target port of the server, on this machine */
    public FaultyWire(int target) {
        this.target = target;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Octets that the server has sent so far, over all connections. */
    public long answeredOctets() {
        return answered.get();
    }

    /** Where clients connect instead of to the server. */
    public int port() {
        return listening.getLocalPort();
    }

    /** From now on, every request that has {@code trigger} in it. */
    public void order(String trigger, Fault fault, int octets) {
        order(trigger, fault, octets, Integer.MAX_VALUE);
    }

    /** From now on, so many requests that have {@code trigger} in them. */
    public void order(String trigger, Fault fault, int octets, int times) {
        order("", trigger, fault, octets, 0, times);
    }

    /** From now on, every request that has {@code trigger} in it, on a connection where an earlier one has {@code before} in it. */
    public void orderAfter(String before, String trigger, Fault fault, int octets) {
        order(before, trigger, fault, octets, 0, Integer.MAX_VALUE);
    }

    /** Every request that has {@code trigger} in it, but for the next one. */
    public void orderBehindTheNext(String trigger, Fault fault, int octets) {
        order("", trigger, fault, octets, 1, Integer.MAX_VALUE);
    }

    private void order(String before, String trigger, Fault fault, int octets, int skip, int times) {
        mend();
        order = new Order(before, trigger, fault, octets, new AtomicInteger(skip), new AtomicInteger(times), new CountDownLatch(1), new CountDownLatch(1));
    }

    /** Whether what was ordered has happened. */
    public boolean met() {
        Order current = order;
        return current != null && current.met.getCount() == 0;
    }

    /** Everything passes again; what stalls goes on. */
    public void mend() {
        down = false;
        Order current = order;
        order = null;
        if (current != null) {
            current.mended.countDown();
        }
    }

    /** Breaks every connection and refuses new ones, until {@link #mend}. */
    public void breakDown() {
        down = true;
        breakAll();
    }

    /** Breaks every connection that there is. */
    public void breakAll() {
        wires.forEach(Wire::reset);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (down) {
                    reset(client);
                } else {
                    new Wire(client, new Socket(InetAddress.getLoopbackAddress(), target)).run();
                }
            } catch (IOException _) {
                // the server is away: the client sees its connection close
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException _) {
            // closed before
        }
    }

    @Override
    public void close() {
        mend();
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        breakAll();
    }

    /** One connection. */
    private final class Wire {
        private final Socket client;
        private final Socket server;
        /** What is to become of the answer; set before the server sees the request. */
        private volatile @Nullable Order onAnswer;
        private volatile @Nullable CountDownLatch stalled;

        Wire(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            wires.add(this);
        }

        void run() {
            Thread.ofVirtual().start(() -> carry(this::requests));
            Thread.ofVirtual().start(() -> carry(this::answers));
        }

        @FunctionalInterface
        private interface Carrying {
            void run() throws IOException;
        }

        private void carry(Carrying direction) {
            try {
                direction.run();
            } catch (IOException _) {
                // one side broke it
            } finally {
                closeBoth();
                wires.remove(this);
            }
        }

        private void closeBoth() {
            try (client; server) {
                client.shutdownOutput();
            } catch (IOException _) {
                // closed before
            }
        }

        void reset() {
            FaultyWire.reset(client);
            FaultyWire.reset(server);
        }

        private void requests() throws IOException {
            byte[] buffer = new byte[BUFFER_OCTETS];
            InputStream in = client.getInputStream();
            OutputStream out = server.getOutputStream();
            String tail = "";
            Order due = null;
            for (int octets = in.read(buffer); octets >= 0; octets = in.read(buffer)) {
                awaitMended();
                Order current = order;
                if (current != null) {
                    if (current.before.isEmpty()) {
                        due = current;
                    }
                    String seen = tail + new String(buffer, 0, octets, StandardCharsets.ISO_8859_1);
                    if (due == current && seen.contains(current.trigger) && current.skip.getAndDecrement() <= 0 && current.left.getAndDecrement() > 0) {
                        current.met.countDown();
                        if (!passes(current, buffer, octets)) {
                            return;
                        }
                        seen = "";
                    }
                    if (due != current && seen.contains(current.before)) {
                        due = current;
                        seen = "";
                    }
                    String next = due == current ? current.trigger : current.before;
                    tail = next.isEmpty() ? "" : seen.substring(Math.max(0, seen.length() - next.length() + 1));
                }
                out.write(buffer, 0, octets);
            }
            server.shutdownOutput();
            awaitAnswersEnd();
        }

        /** The client has said all that it will; the other direction ends the connection. */
        private void awaitAnswersEnd() {
            while (!server.isClosed() && !client.isClosed()) {
                LockSupport.parkNanos(PIECE_NANOS);
            }
        }

        /** Whether the request goes on to the server as it is. */
        private boolean passes(Order current, byte[] buffer, int octets) throws IOException {
            switch (current.fault) {
                case RESET -> {
                    reset();
                    return false;
                }
                case HALF_REQUEST -> {
                    halfRequest(current, buffer, octets);
                    return false;
                }
                case UNAVAILABLE -> {
                    refuse(new String(buffer, 0, octets, StandardCharsets.ISO_8859_1));
                    return false;
                }
                case STALL -> {
                    stalled = current.mended;
                    awaitMended();
                }
                case LOST_ANSWER, HALF_ANSWER, ENDED_ANSWER, SHORT_ANSWER, SILENT_ANSWER, SLOW, TRICKLE -> onAnswer = current;
            }
            return true;
        }

        private void halfRequest(Order current, byte[] buffer, int octets) throws IOException {
            int left = current.octets;
            int more = octets;
            while (more >= 0) {
                server.getOutputStream().write(buffer, 0, Math.min(left, more));
                left -= Math.min(left, more);
                if (left == 0) {
                    break;
                }
                more = client.getInputStream().read(buffer);
            }
            reset();
        }

        private void refuse(String begun) throws IOException {
            StringBuilder request = new StringBuilder(begun);
            byte[] buffer = new byte[BUFFER_OCTETS];
            int headEnd = request.indexOf("\r\n\r\n");
            while (headEnd < 0) {
                request.append(new String(buffer, 0, Math.max(0, client.getInputStream().read(buffer)), StandardCharsets.ISO_8859_1));
                headEnd = request.indexOf("\r\n\r\n");
            }
            var length = CONTENT_LENGTH.matcher(request.substring(0, headEnd));
            long left = (length.find() ? Long.parseLong(length.group(2)) : 0) - (request.length() - headEnd - 4);
            while (left > 0) {
                left -= Math.max(1, client.getInputStream().read(buffer));
            }
            client.getOutputStream().write(("HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
                    + SLOW_DOWN.length() + "\r\n\r\n" + (request.indexOf("HEAD ") == 0 ? "" : SLOW_DOWN)).getBytes(StandardCharsets.ISO_8859_1));
        }

        private void awaitMended() throws IOException {
            CountDownLatch latch = stalled;
            if (latch != null) {
                try {
                    latch.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException(e);
                }
            }
        }

        private void answers() throws IOException {
            byte[] buffer = new byte[BUFFER_OCTETS];
            InputStream in = server.getInputStream();
            OutputStream out = client.getOutputStream();
            long passed = 0;
            for (int octets = in.read(buffer); octets >= 0; octets = in.read(buffer)) {
                answered.addAndGet(octets);
                awaitMended();
                Order current = onAnswer;
                if (current == null) {
                    out.write(buffer, 0, octets);
                    continue;
                }
                switch (current.fault) {
                    case LOST_ANSWER -> {
                        reset();
                        return;
                    }
                    case HALF_ANSWER, ENDED_ANSWER -> {
                        int left = (int) Math.min(octets, current.octets - passed);
                        out.write(buffer, 0, left);
                        passed += left;
                        if (passed == current.octets) {
                            endAfter(current);
                            return;
                        }
                    }
                    case SILENT_ANSWER -> {
                        int first = (int) Math.min(octets, current.octets - passed);
                        out.write(buffer, 0, first);
                        passed += first;
                        if (passed == current.octets) {
                            onAnswer = null;
                            stalled = current.mended;
                            awaitMended();
                            out.write(buffer, first, octets - first);
                        }
                    }
                    case SHORT_ANSWER -> {
                        shorten(new String(buffer, 0, octets, StandardCharsets.ISO_8859_1));
                        return;
                    }
                    case SLOW -> slowly(buffer, 0, octets, current.octets == 0 ? PIECE_OCTETS : current.octets, PIECE_NANOS);
                    case TRICKLE -> {
                        int first = (int) Math.min(octets, current.octets - passed);
                        out.write(buffer, 0, first);
                        passed += first;
                        slowly(buffer, first, octets, 1, TRICKLE_NANOS);
                    }
                    case RESET, HALF_REQUEST, STALL, UNAVAILABLE -> out.write(buffer, 0, octets);
                }
            }
        }

        private void endAfter(Order current) {
            if (current.fault == Fault.HALF_ANSWER) {
                reset();
            }
        }

        private void shorten(String answer) throws IOException {
            int body = answer.indexOf("\r\n\r\n") + 4;
            var length = CONTENT_LENGTH.matcher(answer.substring(0, body));
            if (!length.find()) {
                throw new IOException("an answer without Content-Length");
            }
            long half = Long.parseLong(length.group(2)) / 2;
            OutputStream out = client.getOutputStream();
            out.write(length.replaceFirst("$1" + half).getBytes(StandardCharsets.ISO_8859_1));
            String begun = answer.substring(body, (int) Math.min(answer.length(), body + half));
            out.write(begun.getBytes(StandardCharsets.ISO_8859_1));
            byte[] buffer = new byte[BUFFER_OCTETS];
            long left = half - begun.length();
            while (left > 0) {
                int octets = server.getInputStream().read(buffer, 0, (int) Math.min(left, buffer.length));
                if (octets < 0) {
                    return;
                }
                out.write(buffer, 0, octets);
                left -= octets;
            }
        }

        private void slowly(byte[] buffer, int from, int octets, int pieceOctets, long pieceNanos) throws IOException {
            for (int at = from; at < octets; at += pieceOctets) {
                client.getOutputStream().write(buffer, at, Math.min(pieceOctets, octets - at));
                LockSupport.parkNanos(pieceNanos);
            }
        }
    }
}
