package sekisho.demo.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Measures work of one thread by the processor time it takes, so that other work on the machine matters little. */
final class ProcessorTime {
    private static final int WARM_UP_ROUNDS = 20;

    private ProcessorTime() {}

    /** What is measured. */
    interface Work {
        void run() throws IOException;
    }

    /** The median of some rounds, in seconds. */
    static double of(int rounds, Work work) {
        var threads = ManagementFactory.getThreadMXBean();
        List<Double> seconds = new ArrayList<>();
        try {
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                long start = threads.getCurrentThreadCpuTime();
                work.run();
                if (round >= 0) {
                    seconds.add((threads.getCurrentThreadCpuTime() - start) / 1e9);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the benchmark could not go on: " + e.getMessage(), e);
        }
        seconds.sort(null);
        return seconds.get(seconds.size() / 2);
    }
}
