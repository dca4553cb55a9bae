package sekisho.inspection.clamav;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection to clamd, blocking, each step of it within a limit: Unix sockets know no time-outs, so somebody else closes the channel of
 * a step that is late, which ends the step. Nobody but the one thread that uses it takes steps.
 */
final class Connection implements AutoCloseable {
    private static final int LONGEST_ANSWER = 4096;

    private final SocketChannel channel;
    private final SocketAddress peer;
    /** Where those are that a step is under way on. */
    private final Set<Connection> waiting;
    /** In nanoseconds of {@link System#nanoTime()}, while a step is under way. */
    private volatile long deadline;
    private volatile boolean late;

    Connection(ClamdAddress address, Set<Connection> waiting) throws IOException {
        this.waiting = waiting;
        switch (address) {
            case ClamdAddress.UnixSocket(var path) -> {
                this.peer = UnixDomainSocketAddress.of(path);
                this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            }
            case ClamdAddress.Tcp(var host, var port) -> {
                this.peer = new InetSocketAddress(host, port);
                this.channel = SocketChannel.open();
            }
        }
    }

    @FunctionalInterface
    private interface Step<T> {
        T take() throws IOException;
    }

    void connect(Duration limit) throws IOException {
        try {
            within(limit, () -> channel.connect(peer));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Whether all of it was taken. */
    boolean write(ByteBuffer octets, Duration limit) {
        try {
            return within(limit, () -> {
                while (octets.hasRemaining()) {
                    channel.write(octets);
                }
                return true;
            });
        } catch (IOException _) {
            return false;
        }
    }

    /** What the other side says, up to a NUL; null when it ends, or too much time passes, before that. */
    @Nullable String answer(Duration limit) {
        try {
            return within(limit, this::readAnswer);
        } catch (IOException _) {
            return null;
        }
    }

    /** Whether a step took too long. */
    boolean isLate() {
        return late;
    }

    void closeIfLate() {
        if (waiting.contains(this) && System.nanoTime() - deadline > 0) {
            late = true;
            close();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // nothing of ours is lost with it
        }
    }

    private @Nullable String readAnswer() throws IOException {
        var answer = new ByteArrayOutputStream();
        var octets = ByteBuffer.allocate(LONGEST_ANSWER);
        while (answer.size() < LONGEST_ANSWER && channel.read(octets.clear()) >= 0) {
            octets.flip();
            while (octets.hasRemaining()) {
                byte octet = octets.get();
                if (octet == 0) {
                    return answer.toString(StandardCharsets.US_ASCII).strip();
                }
                answer.write(octet);
            }
        }
        return null;
    }

    private <T> T within(Duration limit, Step<T> step) throws IOException {
        deadline = System.nanoTime() + limit.toNanos();
        waiting.add(this);
        try {
            return step.take();
        } finally {
            waiting.remove(this);
        }
    }
}
