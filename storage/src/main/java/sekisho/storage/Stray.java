package sekisho.storage;

import java.time.Instant;

/**
 * Something in a store that is no finished object.
 *
 * @param name  of the object that an unfinished upload was to become, where the store tells; else of the thing, from the store's root on. Whoever
 *              may write in the store chose it: it may be long, and hold anything that a terminal or a log obeys
 * @param since when it was begun or last written, by the store's clock
 */
public record Stray(Kind kind, String name, Instant since) {

    /** What it is. */
    public enum Kind {
        /** An upload that was begun and is neither finished nor removed; {@link ObjectStore#sweepUnfinished} takes it when it is old. */
        UNFINISHED,
        /** Not of our making. Nothing here ever reads or removes it. */
        FOREIGN
    }
}
