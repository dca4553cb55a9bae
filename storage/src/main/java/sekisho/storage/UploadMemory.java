package sekisho.storage;

import java.time.Duration;

/**
 * The memory in which objects wait to be sent. An upload takes a buffer when it grows, goes from the small ones to the parts and never back, and
 * keeps one at a time but for the moment of the change. So whoever has a part waits for nobody, and whoever has a small one only for those.
 * A caller who has two uploads under way takes the buffer of the one from a memory of its own ({@link ObjectStore#createBeside}),
 * else callers could wait for each other in a circle. So does one whose object is around others ({@link ObjectStore#createAround}), for each depth
 * another: it is longer than what is inside it, so whoever waits there has no part further in, and the innermost waits for nobody.
 *
 * @param smalls of 1 MiB
 * @param parts  of one part each
 */
record UploadMemory(BufferPool smalls, BufferPool parts) {
    private static final int SMALL_OCTETS = 1 << 20;
    /** The smallest part that S3 takes (but for the last): signed messages inside each other are rare, and their memory is used for nothing else. */
    private static final int PART_AROUND_OCTETS = 5 << 20;
    /** As much memory as the parts have, at their usual size. */
    static final int SMALLS_FOR_EACH_PART = 16;

    /** For objects around others: half as many as there are for those with which they come, and of each further depth half of that again. */
    static UploadMemory around(int parts, int depth, Duration patience) {
        int few = Math.max(1, parts >> Math.min(depth, Integer.SIZE - 1));
        return new UploadMemory(new BufferPool(few * (PART_AROUND_OCTETS / SMALL_OCTETS), SMALL_OCTETS, patience), new BufferPool(few, PART_AROUND_OCTETS, patience));
    }

    /** @param patience how long an upload waits for its turn before it is told to come back later */
    UploadMemory(int parts, int partOctets, Duration patience) {
        this(new BufferPool(parts * SMALLS_FOR_EACH_PART, SMALL_OCTETS, patience), new BufferPool(parts, partOctets, patience));
    }

    /** The most octets that the buffers of one memory take together; what was taken once is kept. */
    static long mostOctets(int parts, int partOctets) {
        return (long) parts * partOctets + (long) parts * SMALLS_FOR_EACH_PART * SMALL_OCTETS;
    }
}
