package sekisho.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.inspection.InspectionLimits;
import sekisho.inspection.Octets;
import sekisho.inspection.Protection;
import sekisho.inspection.Sniffer;

@Timeout(60)
class ExaminerTest {

    private static final byte[] PDF = "%PDF-1.4\n%%EOF\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private static Sniffer sniffed() {
        var sniffer = new Sniffer();
        sniffer.write(PDF, 0, PDF.length);
        return sniffer;
    }

    private static Protection look(Examiner examiner, Batch batch, Examiner.OctetsSource octets) throws IOException {
        return examiner.protection(batch, "a.pdf", sniffed(), octets, _ -> { });
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
                others.add(threads.submit(() -> look(examiner, new Batch(), () -> {
                    looking.countDown();
                    awaitOpen(go);
                    return Octets.of(PDF);
                })));
            }
            looking.await();
            assertThatThrownBy(() -> look(examiner, new Batch(), () -> Octets.of(PDF)))
                .isInstanceOfSatisfying(BusyException.class, busy -> assertThat(busy.temporary()).isTrue()).hasMessageContaining("come back later");
            go.countDown();
            for (var other : others) {
                assertThat(other.get()).isEqualTo(Protection.NONE);
            }
        }
        assertThat(look(examiner, new Batch(), () -> Octets.of(PDF))).isEqualTo(Protection.NONE);
    }

    /** Else a message with many slow files keeps all others waiting, and they are told to come back later. */
    @Test
    void theFilesOfOneMessageTakeOnePlaceAtATime() throws Exception {
        var examiner = Examiner.alone(Optional.empty(), Duration.ZERO);
        var batch = new Batch();
        var looking = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var slow = new ArrayList<Future<Protection>>();
            for (int i = 0; i < 8; i++) {
                slow.add(threads.submit(() -> look(examiner, batch, () -> {
                    looking.countDown();
                    awaitOpen(go);
                    return Octets.of(PDF);
                })));
            }
            looking.await();
            for (int i = 0; i < 8; i++) {
                assertThat(look(examiner, new Batch(), () -> Octets.of(PDF))).as("of another message").isEqualTo(Protection.NONE);
            }
            go.countDown();
            for (var each : slow) {
                assertThat(each.get()).as("none of them was in the way of its brothers").isEqualTo(Protection.NONE);
            }
        }
    }

    /** What could be told is told; of the rest nobody knows. */
    @Test
    void theFilesOfOneMessageAreLookedIntoForAMinuteTogether() throws Exception {
        var examiner = Examiner.alone(Optional.empty());
        var batch = new Batch(Duration.ofNanos(1));
        var opened = new ArrayList<String>();
        Examiner.OctetsSource counted = () -> {
            opened.add("");
            return Octets.of(PDF);
        };
        assertThat(look(examiner, batch, counted)).as("has less time than a look takes").isEqualTo(Protection.UNKNOWN);
        assertThat(look(examiner, batch, counted)).isEqualTo(Protection.UNKNOWN);
        assertThat(opened).as("the second isn't even read").hasSize(1);
        assertThat(look(examiner, new Batch(), counted)).as("another message").isEqualTo(Protection.NONE);
        assertThat(examiner.protection(batch, "a.txt", new Sniffer(), counted, _ -> { })).as("nothing that needs a look").isEqualTo(Protection.NONE);
        assertThat(Batch.LOOKS).isGreaterThan(InspectionLimits.DEFAULT.time());
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
