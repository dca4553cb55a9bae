package sekisho.storage;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Octets at rest under an opaque key ({@code [a-z0-9/_-]}, 1 to 200 characters, a slash only between two others). An object is
 * written once, whole, and never changed. What goes in is ciphertext; a store is not trusted with anything else. May be used by
 * many threads.
 *
 * <p>Everywhere a {@link StoreException} is temporary unless its type says otherwise, and a key that breaks the rule is an {@link
 * IllegalArgumentException}, a negative range an {@link IndexOutOfBoundsException}. No other exception of its own comes out of a store. A call that failed has changed nothing, but for what is said
 * at each; the same call may be made again, on the same store, as soon as what was wrong is mended. A store that is
 * reached over a network and silent for a minute has failed; so has one that isn't silent and never comes to an end: no call holds its thread for longer than
 * some minutes, nor a stream that is read for less than some KiB in a second, but for what the caller's own slowness takes.
 *
 * <p>An interrupted thread ends its wait for the store: with a {@link StoreException}, or as if it had not been interrupted, and with its interrupt status set. What is
 * given to {@code each} may throw what it likes, which comes out as it is and ends the call.
 *
 * <p>Another kind of store is a class that implements this, and a test that extends {@code ObjectStoreContract} in this module's
 * test jar: it holds the store to what is said here, but for what needs a store of that kind to be led astray, which its own tests have to show:
 * that {@link #list} goes on behind a first page of more than 1,000 objects, that {@link #delete} takes every version where there are versions, that an
 * upload longer than {@link #largestOctets} fails, that a want of room is a {@link StoreFullException}, that silence and trickling end, that a read which breaks
 * off in mid-stream throws, and what holds when the answer to {@link Upload#finish} is lost.
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * The rule for keys, for stores of other kinds: they ask this first of every key that they are given.
     *
     * @return the key
     * @throws IllegalArgumentException it breaks the rule
     */
    static String requireKey(String key) {
        return ObjectKeys.checked(key);
    }

    /**
     * Begins an object. Nothing is visible under the key before {@link Upload#finish()}. After a failure nothing was begun.
     *
     * @throws ObjectExistsException the key is taken (a store may notice only at {@code finish()})
     */
    Upload create(String key) throws StoreException;

    /**
     * Begins an object as {@link #create} does, for a caller who has it under way while they write others, one after the other, and finishes it last. It
     * doesn't wait for memory that uploads from {@code create} have, and they don't wait for what it has: a hundred such callers at once all come to
     * their ends. One caller has no two of these at a time.
     */
    default Upload createBeside(String key) throws StoreException {
        return create(key);
    }

    /**
     * Begins an object as {@link #create} does, for a caller who writes others meanwhile that have no more octets than this one has so far, as what is
     * inside it. It waits neither for memory of uploads from {@code create} or {@link #createBeside}, nor for that of another depth.
     *
     * @param depth from 1: in how many of these it is itself, itself included. One caller has no two of one depth at a time
     */
    default Upload createAround(String key, int depth) throws StoreException {
        return create(key);
    }

    /** The most octets that one object can have; more fails with {@link ObjectTooLargeException} while it is written. */
    default long largestOctets() {
        return Long.MAX_VALUE;
    }

    /**
     * Reads a range. The stream ends early where the object does, and nowhere else: when the store breaks off it throws {@link
     * StoreException}. What it gave before stands, so that the caller can read on from there with another call. The caller closes
     * it, at any point, without reading what is left. Who knows the object's length, and must, holds the stream to it: a server between may shorten an answer and say so
     * nowhere. A range that begins at the end or behind it gives no octets and is no failure, of an object that is there. Streams stay readable until they end when
     * the object is deleted meanwhile, or throw: they never end early.
     *
     * @throws IndexOutOfBoundsException offset or length is negative
     *
     * @throws ObjectMissingException there is no such object. Never said of a store that can't be reached, or isn't mounted
     */
    InputStream read(String key, long offset, long length) throws StoreException;

    /**
     * Deletes every version of an object for good. Success if there is none, but never of a store that can't be reached or isn't mounted. After a failure some or all of it may be gone; the
     * caller asks again until it succeeds.
     */
    void delete(String key) throws StoreException;

    /**
     * Names each finished object, in no order. Objects that come or go meanwhile may be missed. After a failure some were named,
     * and those stand; what wasn't named may be there.
     *
     * @throws StorePartException a part of the store can't be looked at, told at the end: each object of all else was named. Never said of a store that can't be
     *         reached or isn't mounted
     */
    void list(Consumer<StoredObject> each) throws StoreException;

    /**
     * Names all else that lies in the store, in no order: uploads that are neither finished nor removed, those under way among them, and what is no
     * object. Each thing in the store is named here or by {@link #list}, never by both. After a failure some were named, and those stand. Changes nothing.
     *
     * @throws StorePartException as for {@link #list}
     */
    void strays(Consumer<Stray> each) throws StoreException;

    /**
     * Removes what a crash left of uploads that were begun by then. Choose longer ago than the longest upload takes: one
     * that is still under way would fail, leaving nothing. Finished objects are never touched, nor is what isn't of our making. One that can't be
     * removed keeps no other from it; it is told at the end. After a failure some may be removed.
     */
    void sweepUnfinished(Instant begunBefore) throws StoreException;

    /**
     * Whether an object could be written now; cheap enough to ask every few seconds, but for the first time, which tries all that a
     * store has to be able to do. The exception says what to do. Leaves nothing behind; what a killed process leaves, {@link #sweepUnfinished} finds.
     *
     * @throws StoreFullException for want of room
     * @throws StoreUnfitException somebody has to change the store or the settings
     */
    void check() throws StoreException;

    /**
     * How many octets the store could take now beside what it needs for what is on its way, as far as it knows; {@link Long#MAX_VALUE} where nothing
     * tells. Others may fill it meanwhile.
     */
    default long roomOctets() throws StoreException {
        return Long.MAX_VALUE;
    }

    @Override
    void close();

    /** One object on its way into the store. For one thread at a time. */
    interface Upload extends AutoCloseable {
        /**
         * Takes the object's octets; may wait for memory. Throws {@link ObjectTooLargeException} when it gets longer than {@link
         * ObjectStore#largestOctets()}, else {@link StoreException}, after which the upload takes no more and
         * can't be finished: both throw {@link StoreException}, so that who goes on after a failure never commits a part. So does what comes after {@code finish()} or
         * {@code close()}. Closing the stream does nothing, flushing it needs to do nothing. What is given is taken before {@code write} returns: the caller may use its array again.
         */
        OutputStream out();

        /**
         * Makes the object durable and visible, once: when this returns it survives a power cut. Never half of it is visible,
         * whatever happens.
         *
         * @throws ObjectExistsException another upload took the key; its object stays. Never because of this upload itself
         * @throws StoreException nothing is visible, unless the store's answer was lost: then the whole object may be there, or come to be there until the store has
         * let go of the request, and the caller, whose key it is, deletes it. It isn't asked to finish again: a second call throws, whatever the first has come to
         */
        void finish() throws StoreException;

        /** Without {@link #finish()}, leaves nothing behind; what can't be removed now, {@link #sweepUnfinished} finds. Never throws. */
        @Override
        void close();
    }
}
