package sekisho.web.upload;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import sekisho.web.fair.Pace;

/**
 * The body of a request as it arrives, for one thread that may block. Asks the network for more only as it is read, so it holds at most
 * {@link #AHEAD} pieces. The framework's own stream isn't used: it has one time limit for all requests, and closing it reads what is
 * left, however much that is.
 */
final class RequestBody extends InputStream {

    /** Pieces, of at most {@code quarkus.http.limits.max-chunk-size} (8 KiB) each. */
    private static final int AHEAD = 16;
    private static final int REFILL = AHEAD / 2;
    /** What a client may still send after it was answered, so that it comes to read the answer. */
    private static final long LINGER_OCTETS = 32L << 20;
    private static final long LINGER_MILLIS = 20_000;

    private final HttpServerRequest request;
    private final long limitOctets;
    private final Pace pace;
    private final BooleanSupplier late;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Deque<Buffer> waiting = new ArrayDeque<>();
    private boolean ended;
    private @Nullable IOException failure;
    private int taken;
    private long octets;
    private @Nullable Buffer current;
    private int at;
    private boolean asked;

    /**
     * @param request     paused, with nothing read of it
     * @param limitOctets a longer body fails with {@link TooLargeException}
     * @param pace        a slower client's connection is closed
     * @param late        asked with each piece; when it is true, reading fails with {@link LateException}
     */
    RequestBody(HttpServerRequest request, long limitOctets, Pace pace, BooleanSupplier late) {
        this.request = request;
        this.limitOctets = limitOctets;
        this.pace = pace;
        this.late = late;
        request.pause();
        if (request.isEnded()) {
            ended = true;
            return;
        }
        try {
            request.handler(this::arrive);
            request.endHandler(_ -> end(null));
            request.exceptionHandler(broken -> end(new IOException("the client broke off: " + broken.getMessage(), broken)));
        } catch (IllegalStateException endedMeanwhile) {
            ended = true;    // paused as it was, nothing came before the end
            return;
        }
        if (request.response().closed()) {
            end(new IOException("the client broke off before it was listened to"));   // nobody tells a handler that comes late
        }
    }

    /** The body is longer than what is taken. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException(long limit) {
            super("the request has more than " + limit + " octets");
        }
    }

    /** The body has come in for longer than what comes of it may take. */
    static final class LateException extends IOException {
        private static final long serialVersionUID = 1L;

        LateException() {
            super("the request came in for too long");
        }
    }

    private void arrive(Buffer piece) {
        lock.lock();
        try {
            waiting.add(piece);
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    private void end(@Nullable IOException problem) {
        lock.lock();
        try {
            ended = true;
            if (failure == null) {
                failure = problem;
            }
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /** What broke this stream, even if a reader in between hid it; null while it is whole. */
    @Nullable IOException failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        while (current == null || at == current.length()) {
            current = next();
            at = 0;
            if (current == null) {
                return -1;
            }
        }
        int count = Math.min(length, current.length() - at);
        current.getBytes(at, at + count, into, offset);
        at += count;
        return count;
    }

    /** Null at the end. */
    private @Nullable Buffer next() throws IOException {
        askForMore();
        lock.lock();
        try {
            awaitPiece();
            if (failure != null) {
                throw new IOException(failure.getMessage(), failure);
            }
            var piece = waiting.poll();
            if (piece != null) {
                taken++;
                octets += piece.length();
                pace.moved(piece.length());
                if (octets > limitOctets) {
                    failure = new TooLargeException(limitOctets);
                    throw failure;
                }
                if (late.getAsBoolean()) {
                    failure = new LateException();
                    throw failure;
                }
            }
            return piece;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            failure = new IOException("interrupted");
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    /** Holding the lock. */
    private void awaitPiece() throws InterruptedException {
        long left = pace.window().toNanos();
        boolean fast = true;
        while (waiting.isEmpty() && !ended && failure == null && fast) {
            long began = System.nanoTime();
            left = arrived.awaitNanos(left);
            fast = pace.waited(System.nanoTime() - began) && left > 0;
        }
        if (!fast && !ended && failure == null) {
            failure = new IOException("too little arrived in " + pace.window());
            request.connection().close();
        }
    }

    /** The end of the body counts as a piece too, so there must always be one more asked for than is here. */
    private void askForMore() {
        if (!asked) {
            asked = true;
            if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
                request.response().writeContinue();
            }
            request.fetch(AHEAD);
        } else if (taken >= REFILL) {
            request.fetch(taken);
            taken = 0;
        }
    }

    /**
     * Call when the request was answered without reading it to its end. What still comes is thrown away, up to a limit; then the
     * connection is closed. Closing at once would make the client's system throw away the answer.
     */
    static void discardRest(HttpServerRequest request, Vertx vertx) {
        long timer = vertx.setTimer(LINGER_MILLIS, _ -> request.connection().close());
        try {
            var discarded = new long[1];
            request.endHandler(_ -> vertx.cancelTimer(timer));
            request.exceptionHandler(_ -> vertx.cancelTimer(timer));
            request.handler(piece -> {
                discarded[0] += piece.length();
                if (discarded[0] > LINGER_OCTETS) {
                    vertx.cancelTimer(timer);
                    request.connection().close();
                }
            });
            request.resume();
        } catch (IllegalStateException endedAlready) {
            vertx.cancelTimer(timer);    // its last octets may come at any moment, so asking before would not do
        }
    }

    /** Reads nothing more. Doesn't read the rest, unlike what a framework's stream may do. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (failure == null && !ended) {
                failure = new IOException("closed");
            }
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }
}
