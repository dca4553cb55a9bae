package sekisho.storage;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/** Follows the pages of one list of an S3 store, and says when the store leads around in a circle, or on through nothing: such a list would never end. */
final class S3Pages {
    /** In a row. A page without an entry is no end: behind many deleted objects stores give out some. */
    private static final int MOST_EMPTY = 10_000;

    private @Nullable String @Nullable [] kept;
    private long pages;
    private int empty;

    /**
     * A page is there and says that another follows.
     *
     * @param found whether anything was on it that was asked for
     * @param markers where the next one begins
     * @throws StoreException the list was there before, or finds nothing more
     */
    void goOn(boolean found, @Nullable String... markers) throws StoreException {
        if (Arrays.equals(markers, kept) || Arrays.stream(markers).allMatch(marker -> marker == null)) {
            throw new StoreException("the object store says that a list goes on where it was before; see to the store");
        }
        pages++;
        if (Long.bitCount(pages) == 1) {
            kept = markers.clone();    // each power of two: a circle comes by at the one that is kept when it is longer than the circle
        }
        empty = found ? 0 : empty + 1;
        if (empty > MOST_EMPTY) {
            throw new StoreException("the object store says that a list goes on, and has given out nothing for " + MOST_EMPTY + " pages; see to the store");
        }
    }
}
