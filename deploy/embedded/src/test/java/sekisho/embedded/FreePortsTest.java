package sekisho.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    private static final int MORE_THAN_TWO_BLOCKS = 120;

    /** What the other JVMs of the test run. */
    static final class Taker {
        private Taker() {}

        public static void main(String[] arguments) throws Exception {
            take().forEach(System.out::println);
            System.out.flush();
            System.in.read(); // lives until we have all seen each other's
        }
    }

    private static List<Integer> take() {
        return IntStream.range(0, MORE_THAN_TWO_BLOCKS).mapToObj(_ -> FreePorts.take()).toList();
    }

    @Test
    void noPortIsGivenOutTwiceNotEvenToOtherProgramsThatAskAtTheSameTime() throws Exception {
        var others = new ArrayList<Process>();
        try {
            for (int i = 0; i < 3; i++) {
                others.add(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp",
                        System.getProperty("java.class.path"), Taker.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT).start());
            }
            var all = new ArrayList<>(take());
            for (var other : others) {
                try (var reader = other.inputReader(StandardCharsets.US_ASCII)) {
                    for (int i = 0; i < MORE_THAN_TWO_BLOCKS; i++) {
                        all.add(Integer.parseInt(reader.readLine()));
                    }
                }
            }
            assertThat(all).hasSize(4 * MORE_THAN_TWO_BLOCKS).doesNotHaveDuplicates();
        } finally {
            others.forEach(Process::destroyForcibly);
        }
    }

    @Test
    void aConnectionNeverHasOneOfThem() throws Exception {
        String range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range")).strip();
        int begin = Integer.parseInt(range.split("\\s+")[0]);
        assertThat(take()).allMatch(port -> port < Math.max(begin, 32_768)); // the kernel's own number; whoever gave connections more has that
    }

    @Test
    void aPortOnWhichSomebodyListensIsPassedOver() throws Exception {
        int before = FreePorts.take();
        var listening = new ArrayList<ServerSocket>();
        try {
            for (int port = before + 1; port <= before + 3; port++) {
                try {
                    listening.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (java.net.BindException _) {
                    // somebody else's already, which is as good
                }
            }
            assertThat(FreePorts.take()).isNotIn(before, before + 1, before + 2, before + 3);
        } finally {
            for (var socket : listening) {
                socket.close();
            }
        }
    }
}
