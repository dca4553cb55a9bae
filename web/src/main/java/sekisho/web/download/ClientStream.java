package sekisho.web.download;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import sekisho.web.fair.Pace;

/**
 * The way to the client, for one thread that may block. At most two chunks are on it at any time: {@link #chunk} waits until the
 * operating system's socket has taken an earlier one, so the sender is never far ahead of the network. {@link #abort} may come from
 * any thread and ends the waiting.
 */
final class ClientStream {

    /** One segment of a sealed object, so that a segment is one write. */
    static final int CHUNK_OCTETS = 65_504;
    private static final int CHUNKS = 2;
    /**
     * Of the operating system's buffer for a connection. Left to itself it grows to 4 MiB for a reader that hardly reads, all of which
     * would count as served. The proxy in front, whose buffers it fills, is near enough for this to be no brake.
     */
    private static final int SOCKET_OCTETS = 512 << 10;
    /** HTTP/2 error code CANCEL (RFC 9113 §7). */
    private static final long CANCEL = 8;

    private final RoutingContext request;
    private final HttpServerResponse response;
    private final Head head;
    private final Pace pace;
    private final Semaphore free = new Semaphore(CHUNKS);
    private final ConcurrentLinkedQueue<byte[]> chunks = new ConcurrentLinkedQueue<>();
    private volatile boolean broken;
    private boolean begun;

    ClientStream(RoutingContext request, Head head, Pace pace) {
        this.request = request;
        this.response = request.response();
        this.head = head;
        this.pace = pace;
        request.addEndHandler(ended -> {
            if (ended.failed()) {
                breakOff();
            }
        });
    }

    /** The client went away, stalled for too long, or was cut off. */
    static final class GoneException extends Exception {
        private static final long serialVersionUID = 1L;

        GoneException(String message) {
            super(message, null, false, false);
        }
    }

    /** Whether status and header have gone out. */
    boolean begun() {
        return begun;
    }

    /** A buffer to fill and give to {@link #write}. */
    byte[] chunk() throws GoneException {
        take(1);
        var chunk = chunks.poll();
        return chunk == null ? new byte[CHUNK_OCTETS] : chunk;
    }

    /** Sends the first octets of {@code chunk}, which is not the caller's any more. The first write sends the head. */
    void write(byte[] chunk, int octets) throws GoneException {
        begin();
        pace.moved(octets);
        response.write(Buffer.buffer(Unpooled.wrappedBuffer(chunk, 0, octets))).onComplete(sent -> {
            if (sent.failed()) {
                breakOff();
            } else {
                giveBack(chunk);
            }
        });
    }

    /** Takes back a buffer that isn't needed. */
    void giveBack(byte[] chunk) {
        chunks.add(chunk);
        free.release();
    }

    /** Sends the head if that is all, and waits until the socket has taken every octet. The body ends well only by this. */
    void finish() throws GoneException {
        begin();
        var flushed = response.end();
        flushed.onComplete(result -> {
            if (result.failed()) {
                breakOff();
            }
        });
        take(CHUNKS);
    }

    private void begin() throws GoneException {
        if (broken) {
            throw new GoneException("the connection is closed");
        }
        if (!begun) {
            begun = true;
            channel().ifPresent(channel -> channel.config().setOption(ChannelOption.SO_SNDBUF, SOCKET_OCTETS));
            response.setStatusCode(head.status());
            head.fields().forEach(response::putHeader);
        }
    }

    private void take(int permits) throws GoneException {
        try {
            long began = System.nanoTime();
            boolean taken = free.tryAcquire(permits, pace.window().toNanos(), TimeUnit.NANOSECONDS);
            if (!pace.waited(System.nanoTime() - began) || !taken) {
                throw new GoneException("the client took too little in " + pace.window());
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new GoneException("interrupted");
        }
        if (broken) {
            throw new GoneException("the connection is closed");
        }
    }

    private void breakOff() {
        broken = true;
        free.release(CHUNKS);    // whoever waits goes on, and sees that it is over
    }

    /**
     * Breaks the connection at once. What waits in our buffers and in the socket's is thrown away, and the client sees a reset, so it
     * can't take the part that it has for the whole. An orderly close would wait behind the client that doesn't read.
     */
    void abort() {
        breakOff();
        channel().ifPresentOrElse(channel -> channel.eventLoop().execute(() -> reset(channel)), () -> response.reset(CANCEL));
    }

    /** The connection, if it is this request's alone; in HTTP/2 it may carry others. */
    private Optional<Channel> channel() {
        return request.request().version() != HttpVersion.HTTP_2 && request.request().connection() instanceof ConnectionBase connection
            ? Optional.of(connection.channel()) : Optional.empty();
    }

    /** Past the pipeline: TLS would first send what it has. */
    private static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.unsafe().close(channel.voidPromise());
        }
    }
}
