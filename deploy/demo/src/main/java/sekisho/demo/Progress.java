package sekisho.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.function.Consumer;

/** Lines for the person who waits, each with the seconds since the start, as the launcher writes its own. */
final class Progress implements Consumer<String> {
    private final long begin;

    /** @param begin of {@link System#nanoTime} */
    Progress(long begin) {
        this.begin = begin;
    }

    @Override
    public void accept(String line) {
        System.err.printf("%4ds  %s%n", Duration.ofNanos(System.nanoTime() - begin).toSeconds(), line);
    }

    /** Whether somebody listens on a port of this machine. */
    static boolean answers(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
