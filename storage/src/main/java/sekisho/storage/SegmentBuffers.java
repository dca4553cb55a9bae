package sekisho.storage;

import java.util.concurrent.ArrayBlockingQueue;

import sekisho.storage.floe.Floe;

/**
 * Buffers of one encrypted segment, lent for the moment of encrypting and writing it, or of decrypting it and handing it on: a thousand
 * objects that are sealed or read at once, most of them waiting for their peer, need few. Whoever had plaintext in one wipes it.
 */
final class SegmentBuffers {
    private static final ArrayBlockingQueue<byte[]> SPARE = new ArrayBlockingQueue<>(32);

    private SegmentBuffers() {
    }

    static byte[] take() {
        byte[] spare = SPARE.poll();
        return spare != null ? spare : new byte[Floe.OBJECTS.segmentOctets()];
    }

    static void giveBack(byte[] buffer) {
        SPARE.offer(buffer);    // full: the buffer is garbage
    }
}
