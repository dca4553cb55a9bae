package sekisho.tests.peers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A client that takes a body slowly: up to 64 KiB each 10 ms or what it is told, with little room in between. */
final class SlowReader implements AutoCloseable {

    private static final int BUFFER_OCTETS = 64 << 10;
    private static final long PACE_MILLIS = 10;
    /** The most that it takes in a second, and what its own end of the connection may hold; what waits at the other end is thrown away. */
    static final long OCTETS_OF_A_SECOND = octetsOfASecond(BUFFER_OCTETS);
    static final long OCTETS_ON_THE_WAY = 2 * BUFFER_OCTETS;   // Linux gives twice what it is asked for

    private final Socket socket = new Socket();
    private final String head;
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong octets = new AtomicLong();
    private final CompletableFuture<Long> end = new CompletableFuture<>();
    private final byte[] buffer = new byte[BUFFER_OCTETS];
    private volatile int most;
    private volatile boolean silent;

    /** @param cookies the session, as in the field {@code Cookie} */
    SlowReader(URI address, String cookies) throws IOException {
        this(address, cookies, true);
    }

    /** A client that takes the head, and then nothing at all. */
    static SlowReader stalled(URI address, String cookies) throws IOException {
        return new SlowReader(address, cookies, false);
    }

    private SlowReader(URI address, String cookies, boolean goesOn) throws IOException {
        socket.setReceiveBufferSize(BUFFER_OCTETS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort()));
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(("GET " + address.getRawPath() + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\nCookie: " + cookies
            + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        head = readHead(socket.getInputStream());
        if (goesOn) {
            goOn();
        }
    }

    /** Begins to take the body. */
    void goOn() {
        goOn(BUFFER_OCTETS);
    }

    /** As above, or goes on at another pace. @param octetsAtATime at most, up to 64 KiB */
    void goOn(int octetsAtATime) {
        boolean begins = most == 0;
        most = octetsAtATime;
        if (begins) {
            pace.scheduleWithFixedDelay(this::take, 0, PACE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static String readHead(InputStream in) throws IOException {
        var octets = new ByteArrayOutputStream();
        while (!octets.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended in the head: " + octets);
            }
            octets.write(next);
        }
        return octets.toString(StandardCharsets.ISO_8859_1);
    }

    /** @param octetsAtATime as {@link #goOn(int)} has it */
    static long octetsOfASecond(int octetsAtATime) {
        return 1000 / PACE_MILLIS * octetsAtATime;
    }

    private void take() {
        if (end.isDone()) {
            return;
        }
        try {
            int read = socket.getInputStream().read(buffer, 0, most);
            if (read < 0) {
                end.complete(System.nanoTime());
            } else {
                octets.addAndGet(read);
            }
        } catch (SocketTimeoutException _) {
            silent = true;
            end.complete(System.nanoTime());
        } catch (IOException _) {
            end.complete(System.nanoTime());
        }
    }

    /** Status line and header fields. */
    String head() {
        return head;
    }

    /** How much of the body has come. */
    long octets() {
        return octets.get();
    }

    /** When no more comes, as {@link System#nanoTime} has it: the body was complete, or the connection broke. */
    long awaitEnd() {
        return end.join();
    }

    /** Whether nothing came for a minute and it gave up: then nobody broke the connection. */
    boolean gaveUp() {
        return silent;
    }

    @Override
    public void close() throws IOException {
        pace.shutdownNow();
        socket.close();
    }
}
