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
        return of(rounds, () -> { }, work, () -> { });
    }

    /**
     * The same of a work that has to be made ready and cleared away each time.
     *
     * @param before not counted
     * @param after  not counted either
     */
    static double of(int rounds, Work before, Work work, Work after) {
        var threads = ManagementFactory.getThreadMXBean();
        List<Double> seconds = new ArrayList<>();
        try {
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                before.run();
                long start = threads.getCurrentThreadCpuTime();
                work.run();
                long end = threads.getCurrentThreadCpuTime();
                after.run();
                if (round >= 0) {
                    seconds.add((end - start) / 1e9);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the benchmark could not go on: " + e.getMessage(), e);
        }
        seconds.sort(null);
        return seconds.get(seconds.size() / 2);
    }
}
