package sekisho.web.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ChunksTest {

    private static ByteBuffer none(int octets) {
        throw new OutOfMemoryError("Cannot reserve " + octets + " bytes of direct buffer memory");
    }

    /** Else downloads would be slow from then on, until the process is started anew. */
    @Test
    void aBufferForWhichThereIsNoMemoryTakesNoTurn() {
        var taken = new ArrayList<ByteBuffer>();
        try {
            assertThatThrownBy(() -> {
                while (true) {
                    taken.add(Chunks.LARGE.take(ChunksTest::none));   // what others gave back before
                }
            }).isInstanceOf(OutOfMemoryError.class);
            int lent = Chunks.lent();
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> Chunks.LARGE.take(ChunksTest::none)).isInstanceOf(OutOfMemoryError.class);
            }
            assertThat(Chunks.lent()).isEqualTo(lent).isEqualTo(taken.stream().filter(chunk -> chunk.capacity() > Chunks.SEGMENT_OCTETS).count());
        } finally {
            taken.forEach(Chunks::giveBack);
        }
    }
}
