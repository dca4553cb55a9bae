package sekisho.web.download;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import sekisho.web.fair.Pace;

/**
 * The way to the client, for one thread that may block. At most two chunks are on it at any time: {@link #chunk} waits until the
 * operating system's socket has taken an earlier one, so the sender is never far ahead of the network, and fills the next while the network
 * takes the last. Before a client has shown that it keeps up there is only one, since a thousand that
 * don't shall cost little. {@link #abort} may come from any thread and ends the waiting.
 */
final class ClientStream {

    private static final int CHUNKS = 2;
    /** So much must have been taken without a pause before chunks are larger: more than the operating system's buffer takes by itself. */
    private static final long QUICK_OCTETS = 2 << 20;
    /** And so much before they are large: two of those that wait would be as much as a short download. */
    private static final long LONG_OCTETS = 32 << 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /**
     * Of the operating system's buffer for a connection. Left to itself it grows to 4 MiB for a reader that hardly reads, all of which
     * would count as served. The proxy in front, which keeps nothing back (docs/operations/proxy.md), is near enough for this to be no brake.
     */
    private static final int SOCKET_OCTETS = 512 << 10;
    /** A closed connection answers each write at once. */
    private static final int ANSWER_SECONDS = 5;
    /** HTTP/2 error code CANCEL (RFC 9113 §7). */
    private static final long CANCEL = 8;

    private final RoutingContext request;
    private final HttpServerResponse response;
    private final Head head;
    private final Pace pace;
    private final Semaphore free = new Semaphore(CHUNKS);
    private final ConcurrentLinkedQueue<ByteBuffer> spare = new ConcurrentLinkedQueue<>();
    private volatile boolean broken;
    private volatile boolean left;
    private boolean begun;
    private long quickOctets;
    private @Nullable Future<Void> lastWrite;

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
    ByteBuffer chunk() throws GoneException {
        boolean one = !quick();
        take(one ? CHUNKS : 1);
        if (one) {
            free.release(CHUNKS - 1);
        }
        var size = quickOctets >= LONG_OCTETS ? Chunks.LARGE : quick() ? Chunks.MEDIUM : Chunks.SMALL;
        var chunk = spare.poll();
        if (chunk != null && size.suits(chunk)) {
            return chunk.clear();
        }
        if (chunk != null) {
            Chunks.giveBack(chunk);
        }
        return size.take();
    }

    /** Sends what stands between the position of {@code chunk} and its limit; it is not the caller's any more. The first write sends the head. */
    void write(ByteBuffer chunk) throws GoneException {
        try {
            begin();
        } catch (GoneException gone) {
            giveBack(chunk);
            throw gone;
        }
        pace.moved(chunk.remaining());
        quickOctets += chunk.remaining();
        boolean handedOver = false;
        try {
            lastWrite = response.write(Buffer.buffer(Unpooled.wrappedBuffer(chunk))).onComplete(sent -> {
                if (sent.failed()) {
                    Chunks.drop(chunk);
                    breakOff();
                } else {
                    giveBack(chunk);
                }
            });
            handedOver = true;
        } finally {
            if (!handedOver) {
                Chunks.drop(chunk);
            }
        }
    }

    /** Takes back a buffer that isn't needed. */
    void giveBack(ByteBuffer chunk) {
        spare.add(chunk);
        free.release();
        if (left) {
            drain();
        }
    }

    /** Nothing more will be sent: buffers go to others, those that are on the way when they come back. */
    void leave() {
        left = true;
        drain();
    }

    private boolean quick() {
        return quickOctets >= QUICK_OCTETS;
    }

    private void drain() {
        for (var chunk = spare.poll(); chunk != null; chunk = spare.poll()) {
            Chunks.giveBack(chunk);
        }
    }

    /**
     * Sends the head if that is all, and waits until the socket has taken every octet. The body ends well only by this. A client that has every octet may
     * go before it sees our end.
     */
    void finish() throws GoneException {
        try {
            end();
        } catch (GoneException gone) {
            if (!broken || !lastWasTaken()) {
                throw gone;
            }
        }
    }

    /** Whether the socket had every octet before the connection was closed: what was written before the last was taken before it. */
    private boolean lastWasTaken() {
        if (lastWrite == null) {
            return false;
        }
        try {
            lastWrite.toCompletionStage().toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | TimeoutException lost) {
            return false;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void end() throws GoneException {
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
            long waited = System.nanoTime() - began;
            if (waited > PAUSE_NANOS) {
                quickOctets = 0;
            }
            if (!pace.waited(waited) || !taken) {
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
