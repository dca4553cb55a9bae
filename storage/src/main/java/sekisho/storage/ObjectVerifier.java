package sekisho.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import sekisho.storage.floe.BrokenCiphertextException;
import sekisho.storage.floe.Floe;

/**
 * Holds objects against what their rows say of them. Reads only; what it finds wrong with one object is a {@link Finding} and never an
 * exception. May be used by many threads.
 */
public final class ObjectVerifier {
    private static final int CHUNK_OCTETS = 256 << 10;
    /** How a segment that isn't the last begins, in place of its length (FORMAT.md §1). */
    private static final int NOT_LAST = 0xFFFFFFFF;

    private final ObjectStore store;

    /** @param store stays the caller's to close */
    public ObjectVerifier(ObjectStore store) {
        this.store = store;
    }

    /** What an object turned out to be. */
    public sealed interface Finding {
        /** As its row says, as far as was looked. */
        record Whole() implements Finding {
        }

        /** The store has none under its key. */
        record Missing() implements Finding {
        }

        /** Object or row are not what was sealed. @param how without anything of the content */
        record Damaged(String how) implements Finding {
        }

        /** The store didn't give it out: either the store is unavailable, or the disk can't read this object. */
        record Unreadable(String why) implements Finding {
        }

        /** It is wrapped to a version that the given private key doesn't have, so its content can't be looked at. */
        record Shut(int version) implements Finding {
        }
    }

    /** Whether the object is there, with exactly the length that its row says. Reads one octet. */
    public Finding length(Sealed sealed) {
        return guarded(sealed, () -> checkLength(sealed));
    }

    /** Reads the object to its end, without any key: its header is the row's, and it consists of the segments that its length says. */
    public Finding frame(Sealed sealed) {
        return guarded(sealed, () -> checkFrame(sealed));
    }

    /**
     * Opens the object and reads it to its end: every segment's tag, the header and the length.
     *
     * @param key stays the caller's
     */
    public Finding content(Sealed sealed, Place place, OpeningKey key) {
        return content(sealed, place, key, null);
    }

    /** As above, and the SHA-256 of the plaintext. @param expected null when none is kept */
    public Finding content(Sealed sealed, Place place, OpeningKey key, @Nullable Sha256 expected) {
        if (!key.versions().contains(sealed.wrapped().version())) {
            return new Finding.Shut(sealed.wrapped().version());
        }
        return guarded(sealed, () -> checkContent(sealed, place, key, expected));
    }

    /** Where the SHA-256 of an object's plaintext is kept. */
    @FunctionalInterface
    public interface Sha256 {
        /** @throws SealBrokenException it can't be read */
        byte[] of(Opener.OpenObject object) throws SealBrokenException;
    }

    @FunctionalInterface
    private interface Check {
        /** @throws IOException in the words of {@link #guarded} */
        void run() throws IOException;
    }

    private static Finding guarded(Sealed sealed, Check check) {
        try {
            checkRow(sealed);
            check.run();
            return new Finding.Whole();
        } catch (ObjectMissingException _) {
            return new Finding.Missing();
        } catch (StoreException unreadable) {
            return new Finding.Unreadable(String.valueOf(unreadable.getMessage()));
        } catch (IOException broken) {
            return new Finding.Damaged(String.valueOf(broken.getMessage()));
        }
    }

    private static void checkRow(Sealed sealed) throws IOException {
        byte[] inline = sealed.inline();
        try {
            if (sealed.header().length != Floe.HEADER_OCTETS || Floe.OBJECTS.plainOctets(sealed.cipherOctets()) != sealed.plainOctets()
                    || inline != null && inline.length != sealed.cipherOctets()) {
                throw new SealBrokenException("the lengths in its row contradict each other");
            }
        } catch (BrokenCiphertextException e) {
            throw new SealBrokenException("its row says a length that can't be", e);
        }
        if (inline == null && !ObjectKeys.isKey(sealed.key())) {
            throw new SealBrokenException("its row names no object");
        }
    }

    private void checkLength(Sealed sealed) throws IOException {
        if (!sealed.stored()) {
            return;
        }
        try (InputStream end = store.read(sealed.key(), sealed.cipherOctets() - 1, 2)) {
            int octets = end.readNBytes(2).length;
            if (octets != 1) {
                throw new SealBrokenException("the object is " + (octets == 0 ? "shorter" : "longer") + " than the " + sealed.cipherOctets()
                        + " octets that its row says");
            }
        }
    }

    private InputStream ciphertext(Sealed sealed, long length) throws StoreException {
        byte[] inline = sealed.inline();
        return inline == null ? store.read(sealed.key(), 0, length) : new java.io.ByteArrayInputStream(inline);
    }

    private static void checkHeader(Sealed sealed, InputStream ciphertext) throws IOException {
        if (!Arrays.equals(ciphertext.readNBytes(Floe.HEADER_OCTETS), sealed.header())) {
            throw new SealBrokenException("the object's header is not that of its row");
        }
    }

    private void checkFrame(Sealed sealed) throws IOException {
        long segments = segments(sealed);
        byte[] segment = new byte[Floe.OBJECTS.segmentOctets()];
        try (InputStream ciphertext = ciphertext(sealed, sealed.cipherOctets() + 1)) {
            checkHeader(sealed, ciphertext);
            for (long position = 0; position < segments; position++) {
                boolean last = position == segments - 1;
                int octets = last ? (int) (sealed.cipherOctets() - Floe.HEADER_OCTETS - position * segment.length) : segment.length;
                if (ciphertext.readNBytes(segment, 0, octets) < octets) {
                    throw new SealBrokenException("the object ends early, in segment " + position);
                }
                if (ByteBuffer.wrap(segment).getInt() != (last ? octets : NOT_LAST)) {
                    throw new SealBrokenException("segment " + position + " is marked with another length");
                }
            }
            if (ciphertext.read() >= 0) {
                throw new SealBrokenException("the object goes on after its last segment");
            }
        }
    }

    private static long segments(Sealed sealed) throws SealBrokenException {
        try {
            return Floe.OBJECTS.segments(sealed.cipherOctets());
        } catch (BrokenCiphertextException e) {
            throw new SealBrokenException("its row says a length that can't be", e);
        }
    }

    private void checkContent(Sealed sealed, Place place, OpeningKey key, @Nullable Sha256 kept) throws IOException {
        checkLength(sealed);
        try (InputStream ciphertext = ciphertext(sealed, Floe.HEADER_OCTETS)) {
            checkHeader(sealed, ciphertext);
        }
        MessageDigest sha256 = sha256();
        byte @Nullable [] expected;
        try (var object = new Opener(store, key).open(sealed, place); InputStream plaintext = object.read(0, sealed.plainOctets())) {
            expected = kept == null ? null : kept.of(object);
            byte[] chunk = new byte[CHUNK_OCTETS];
            for (int octets = plaintext.read(chunk); octets >= 0; octets = plaintext.read(chunk)) {
                sha256.update(chunk, 0, octets);
            }
            Arrays.fill(chunk, (byte) 0);
        }
        if (expected != null && !MessageDigest.isEqual(sha256.digest(), expected)) {
            throw new SealBrokenException("the SHA-256 in its row is that of another content");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256", "SUN");
        } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
