package sekisho.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import sekisho.storage.floe.Floe;
import sekisho.storage.floe.FloeEncryption;

/** One pass: plaintext in, hashed and encrypted segment by segment, ciphertext out. A full segment waits until more follows it. */
final class SealingObject implements Sealer.SealedObject {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SEGMENT = Floe.OBJECTS.plainSegmentOctets();
    private static final int FIRST_BUFFER = 4096;
    /** From here on it is worth a second thread. */
    private static final long LARGE = 32L << 20;

    private enum State { OPEN, BROKEN, FINISHED, CLOSED }

    private final CiphertextSink sink;
    private final Place place;
    private final byte[] objectKey = new byte[Floe.KEY_OCTETS];
    private final WrappedKey wrapped;
    private final FloeEncryption encryption;
    private final MessageDigest sha256;
    private final OutputStream out = new Plaintext();
    private @Nullable HashThread hashing;   // of whole segments; without it each piece is hashed as it comes
    private byte[] waiting = new byte[FIRST_BUFFER];
    private int waitingOctets;
    private long plainOctets;
    private long cipherOctets;
    private State state = State.OPEN;
    private @Nullable Sealed sealed;
    private @Nullable OpenedObject reopened;

    SealingObject(CiphertextSink sink, SealingKey key, Place place) throws StoreException {
        this.sink = sink;
        this.place = place;
        boolean ready = false;
        try {
            RANDOM.nextBytes(objectKey);
            wrapped = key.wrap(objectKey, place);
            encryption = Floe.OBJECTS.encrypt(objectKey, place.associatedData(Sealer.OBJECT_LABEL));
            sha256 = MessageDigest.getInstance("SHA-256", "SUN");
            emit(encryption.header(), Floe.HEADER_OCTETS);
            ready = true;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        } catch (IOException e) {
            throw asStoreException(e);
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    @Override
    public OutputStream out() {
        return out;
    }

    private final class Plaintext extends OutputStream {
        private final byte[] one = new byte[1];

        @Override
        public void write(int octet) throws IOException {
            one[0] = (byte) octet;
            write(one, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, octets.length);
            if (state != State.OPEN) {
                throw new StoreException("the object takes no more octets: it is " + state);
            }
            state = State.BROKEN;    // until this piece is through: a part of it would be a hole in the object
            take(octets, offset, length);
            state = State.OPEN;
        }
    }

    private void take(byte[] octets, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            if (waitingOctets == SEGMENT) {
                fullSegment();
            }
            int piece = Math.min(left, SEGMENT - waitingOctets);
            if (hashing == null) {
                sha256.update(octets, at, piece);
            }
            if (piece == SEGMENT && left > SEGMENT && hashing == null) {
                encrypt(octets, at, SEGMENT, false);
                hashBesideWhenLarge();
            } else {
                makeRoom(waitingOctets + piece);
                System.arraycopy(octets, at, waiting, waitingOctets, piece);
                waitingOctets += piece;
            }
            plainOctets += piece;
            at += piece;
            left -= piece;
        }
    }

    private void fullSegment() throws IOException {
        byte[] full = waiting;
        if (hashing != null) {
            waiting = hashing.exchange(full);
        }
        encrypt(full, 0, SEGMENT, false);
        waitingOctets = 0;
        hashBesideWhenLarge();
    }

    /** To be called where all octets so far are hashed or with the thread that hashes them, and none waits. */
    private void hashBesideWhenLarge() {
        if (hashing == null && plainOctets >= LARGE) {
            hashing = HashThread.begin(sha256, SEGMENT);
        }
    }

    private void makeRoom(int needed) {
        if (needed > waiting.length) {
            byte[] larger = Arrays.copyOf(waiting, Math.clamp(4L * waiting.length, needed, SEGMENT));
            Arrays.fill(waiting, (byte) 0);
            waiting = larger;
        }
    }

    private void encrypt(byte[] plain, int offset, int octets, boolean last) throws IOException {
        byte[] segment = SegmentBuffers.take();
        try {
            emit(segment, encryption.segment(plain, offset, octets, last, segment, 0));
        } finally {
            SegmentBuffers.giveBack(segment);
        }
    }

    private void emit(byte[] octets, int length) throws IOException {
        sink.write(octets, length);
        cipherOctets += length;
    }

    @Override
    public Sealed finish() throws StoreException {
        if (state == State.FINISHED || state == State.CLOSED) {
            throw new IllegalStateException("finished or closed before");
        }
        if (state == State.BROKEN) {
            throw new StoreException("the object lacks octets that couldn't be written");
        }
        state = State.BROKEN;
        try {
            if (hashing != null) {
                hashing.end();
                sha256.update(waiting, 0, waitingOctets);
            }
            encrypt(waiting, 0, waitingOctets, true);
        } catch (IOException e) {
            throw asStoreException(e);
        }
        byte[] inline = sink.finish();
        state = State.FINISHED;
        var made = new Sealed(sink.key(), inline, encryption.header(), plainOctets, cipherOctets, sha256.digest(), wrapped);
        sealed = made;
        return made;
    }

    @Override
    public Opener.OpenObject reopen() {
        if (sealed == null || state != State.FINISHED) {
            throw new IllegalStateException("only what is finished and not closed can be opened again");
        }
        if (reopened == null) {
            reopened = OpenedObject.sealedHere(sink.store(), objectKey, sealed, place);
        }
        return reopened;
    }

    @Override
    public byte[] derive(String label, byte[] context, int octets) {
        if (state == State.CLOSED) {
            throw new IllegalStateException("closed before");
        }
        return Derivation.derive(objectKey, label, context, octets);
    }

    @Override
    public void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            if (reopened != null) {
                reopened.close();
            }
            if (hashing != null) {
                hashing.close();
            }
            if (encryption != null) {    // when this could not be made
                encryption.close();
            }
            Arrays.fill(objectKey, (byte) 0);
            Arrays.fill(waiting, (byte) 0);
            sink.close();
        }
    }

    private static StoreException asStoreException(IOException e) {
        return e instanceof StoreException already ? already : new StoreException("cannot write the object: " + e.getMessage(), e);
    }
}
