package sekisho.demo.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Many who download at once and take little a second, until access ends. */
final class SlowReaders {
    private static final int OCTETS_A_SECOND = 100 << 10;
    private static final int OCTETS_A_READ = 10 << 10;
    /** Of the operating system's: with more, most of what is sent in the time would lie there. */
    private static final int RECEIVE_OCTETS = 64 << 10;

    private final List<HttpDownload.Request> requests;
    private final CountDownLatch ready;
    private final CountDownLatch revoked = new CountDownLatch(1);
    private volatile boolean asked;

    SlowReaders(List<HttpDownload.Request> requests) {
        this.requests = List.copyOf(requests);
        this.ready = new CountDownLatch(requests.size());
    }

    /** Ends access; comes back with the answer. */
    interface Revocation {
        void run() throws IOException, InterruptedException;
    }

    /**
     * How it went.
     *
     * @param cut      how many were cut before their file's end, once the revocation had been asked for
     * @param slowest  octets a second of the one who got least until then
     * @param answered from the request to the answer of the revocation
     * @param lastEnd  from the answer to the last connection's end
     */
    record Result(int cut, double slowest, Duration answered, Duration lastEnd) {}

    private record End(long nanos, boolean cut, double rate) {}

    /** Reads for so long after all have begun, then revokes. */
    Result run(Duration time, Revocation revocation) throws IOException, InterruptedException {
        List<Future<End>> running = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            requests.forEach(request -> running.add(threads.submit(() -> read(request))));
            ready.await();
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
            long before = System.nanoTime();
            asked = true;    // who is cut before the answer has come is cut as well
            try {
                revocation.run();
            } finally {
                revoked.countDown();
            }
            long answered = System.nanoTime();
            int cut = 0;
            double slowest = Double.MAX_VALUE;
            long last = answered;
            for (var each : running) {
                End end = each.get();
                cut += end.cut() ? 1 : 0;
                slowest = Math.min(slowest, end.rate());
                last = Math.max(last, end.nanos());
            }
            return new Result(cut, slowest, Duration.ofNanos(answered - before), Duration.ofNanos(last - answered));
        } catch (ExecutionException e) {
            throw new IOException("a slow reader was not served: " + e.getCause().getMessage(), e);
        }
    }

    private End read(HttpDownload.Request request) throws IOException, InterruptedException {
        boolean begun = false;
        try (var download = new HttpDownload(request, OCTETS_A_READ, RECEIVE_OCTETS)) {
            begun = true;
            ready.countDown();
            return read(download);
        } finally {
            if (!begun) {
                ready.countDown();
            }
        }
    }

    /** Once access has ended, reads as fast as it can: what lies in the operating system's buffer would hide the connection's end. */
    private End read(HttpDownload download) throws InterruptedException {
        long begin = System.nanoTime();
        double rate = 0;
        boolean over = false;
        try {
            while (download.read()) {
                long due = begin + (long) (download.octets() * 1e9 / OCTETS_A_SECOND);
                if (!over) {
                    rate = download.octets() * 1e9 / (System.nanoTime() - begin);
                    over = revoked.await(due - System.nanoTime(), TimeUnit.NANOSECONDS);
                }
            }
        } catch (IOException _) {
            over |= asked;   // reset, as it should be
        }
        return new End(System.nanoTime(), over && download.octets() < download.length(), rate);
    }
}
