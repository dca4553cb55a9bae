package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

class BufferPoolTest {

    /** Else every larger object would be refused from then on, until the process is started anew. */
    @Test
    void aBufferForWhichThereIsNoMemoryTakesNoTurn() throws Exception {
        var full = new AtomicBoolean(true);
        var pool = new BufferPool(2, 1024, Duration.ZERO, octets -> {
            if (full.get()) {
                throw new OutOfMemoryError("Java heap space");
            }
            return new byte[octets];
        });
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(pool::take).isInstanceOf(OutOfMemoryError.class);
        }
        full.set(false);
        byte[] first = pool.take();
        assertThat(first).hasSize(1024);
        assertThat(pool.take()).hasSize(1024);
        assertThatThrownBy(pool::take).as("all are lent").isInstanceOf(StoreException.class);
        pool.giveBack(first);
        assertThat(pool.take()).isSameAs(first);
    }

    /** As many part buffers as can be set: a count of octets that overflowed made pools of less than nothing. */
    @Test
    void eachDepthHasBuffersHoweverManyThereAre() throws Exception {
        for (int depth = 1; depth <= 40; depth++) {
            var around = UploadMemory.around(1000, depth, Duration.ZERO);
            assertThat(around.smalls().take()).as("%d", depth).isNotNull();
            assertThat(around.parts().take()).as("%d", depth).isNotNull();
        }
    }

    private static ByteBuffer none(int octets) {
        throw new OutOfMemoryError("Cannot reserve " + octets + " bytes of direct buffer memory");
    }

    @Test
    void aFileForWhoseDirectBufferThereIsNoMemoryDoesWithoutAndTakesNoTurn() {
        var buffers = new DirectBuffers();
        for (int i = 0; i <= DirectBuffers.MOST; i++) {
            assertThat(buffers.take(BufferPoolTest::none)).isNull();
        }
        for (int i = 0; i < DirectBuffers.MOST; i++) {
            assertThat(buffers.take()).isNotNull();
        }
        assertThat(buffers.take()).isNull();
    }
}
