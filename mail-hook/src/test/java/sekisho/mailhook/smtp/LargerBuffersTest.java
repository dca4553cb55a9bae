package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Who sends fast is read with a larger buffer, as long as there is one, and none is lost. */
class LargerBuffersTest {

    private static final int OWN = 16 * 1024;
    private static final int LARGER = 64 * 1024;
    private static final byte[] CONTENT = content();

    private static byte[] content() {
        var octets = new byte[1_000_003];
        new Random(7).nextBytes(octets);
        return octets;
    }

    /** What one session read, and the largest buffer that it had. */
    private record Session(byte[] octets, int largest) {
    }

    /** @param breaksOff whether it ends before all was read */
    private static Session session(LargerBuffers buffers, boolean breaksOff) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); var client = new Socket(server.getInetAddress(), server.getLocalPort());
                var accepted = server.accept(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sent = threads.submit((Callable<Boolean>) () -> {
                try {
                    client.getOutputStream().write(CONTENT);
                    client.shutdownOutput();
                    return true;
                } catch (IOException brokenOff) {
                    return false;
                }
            });
            var read = new ByteArrayOutputStream();
            int largest = 0;
            try (var wire = new Wire(accepted, SmtpSettings.loopback(0).limits(), System.nanoTime() + Duration.ofMinutes(1).toNanos(), buffers)) {
                while (read.size() < (breaksOff ? CONTENT.length / 2 : CONTENT.length)) {
                    wire.fill();
                    read.write(wire.input(), wire.position(), wire.limit() - wire.position());
                    largest = Math.max(largest, wire.input().length);
                    wire.consumeTo(wire.limit());
                }
            }
            if (breaksOff) {
                accepted.close();
            }
            assertThat(sent.get() || breaksOff).as("all was sent").isTrue();
            return new Session(read.toByteArray(), largest);
        }
    }

    @Test
    void oneWhoSendsFastGetsOneAndLosesNothing() throws Exception {
        var session = session(new LargerBuffers(1, LARGER), false);
        assertThat(session.octets()).isEqualTo(CONTENT);
        assertThat(session.largest()).isEqualTo(LARGER);
    }

    @Test
    void whereNoneIsLeftTheOwnOneDoes() throws Exception {
        var session = session(new LargerBuffers(0, LARGER), false);
        assertThat(session.octets()).isEqualTo(CONTENT);
        assertThat(session.largest()).isEqualTo(OWN);
    }

    @Test
    void itIsGivenBackHoweverTheSessionEnds() throws Exception {
        var buffers = new LargerBuffers(1, LARGER);
        assertThat(session(buffers, true).largest()).isEqualTo(LARGER);
        assertThat(session(buffers, false).largest()).as("by the next one").isEqualTo(LARGER);
        assertThat(buffers.take()).hasSize(LARGER);
        assertThat(buffers.take()).as("there is one").isNull();
    }

    @Test
    void oneThatNoMemoryIsLeftForIsThereAgainLater() {
        var buffers = new LargerBuffers(1, Integer.MAX_VALUE);   // no array has so many
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(buffers::take).isInstanceOf(OutOfMemoryError.class);
        }
    }
}
