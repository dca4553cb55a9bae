package sekisho.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.inspection.Octets;
import sekisho.inspection.Protection;
import sekisho.inspection.Sniffer;
import sekisho.storage.StoreException;

@Timeout(60)
class ExaminerTest {

    private static final byte[] PDF = "%PDF-1.4\n%%EOF\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private static Sniffer sniffed() {
        var sniffer = new Sniffer();
        sniffer.write(PDF, 0, PDF.length);
        return sniffer;
    }

    /** Else a mail is returned for good, or a file goes past the rule, because others were sent at the same moment. */
    @Test
    void thatOthersAreLookedIntoSaysNothingOfAFile() throws Exception {
        var examiner = Examiner.alone(Optional.empty(), Duration.ZERO);
        var looking = new CountDownLatch(2);
        var go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var others = new ArrayList<Future<Protection>>();
            for (int i = 0; i < 2; i++) {
                others.add(threads.submit(() -> examiner.protection("a.pdf", sniffed(), () -> {
                    looking.countDown();
                    awaitOpen(go);
                    return Octets.of(PDF);
                }, _ -> { })));
            }
            looking.await();
            assertThatThrownBy(() -> examiner.protection("b.pdf", sniffed(), () -> Octets.of(PDF), _ -> { }))
                .isInstanceOfSatisfying(StoreException.class, busy -> assertThat(busy.temporary()).isTrue()).hasMessageContaining("come back later");
            go.countDown();
            for (var other : others) {
                assertThat(other.get()).isEqualTo(Protection.NONE);
            }
        }
        assertThat(examiner.protection("b.pdf", sniffed(), () -> Octets.of(PDF), _ -> { })).isEqualTo(Protection.NONE);
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
