package sekisho.storage;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

import sekisho.storage.floe.BrokenCiphertextException;
import sekisho.storage.floe.Floe;
import sekisho.storage.floe.FloeDecryption;

/** An {@link Opener.OpenObject}: turns a range of plaintext into one read of the whole segments that hold it. */
final class OpenedObject implements Opener.OpenObject {
    private final ObjectStore store;
    private final Sealed sealed;
    private final FloeDecryption decryption;
    private final byte[] objectKey;
    private final long segments;
    private volatile boolean closed;

    private OpenedObject(ObjectStore store, Sealed sealed, FloeDecryption decryption, byte[] objectKey, long segments) {
        this.store = store;
        this.sealed = sealed;
        this.decryption = decryption;
        this.objectKey = objectKey;
        this.segments = segments;
    }

    static OpenedObject open(ObjectStore store, OpeningKey key, Sealed sealed, Place place)
            throws SealBrokenException, StoreException {
        byte[] inline = sealed.inline();
        if (!ObjectKeys.isKey(sealed.key()) || inline != null && inline.length != sealed.cipherOctets()) {
            throw new SealBrokenException("the object's row names no object, or keeps a ciphertext that isn't whole");
        }
        byte[] objectKey = key.unwrap(sealed.wrapped(), place);
        boolean opened = false;
        try {
            long segments = Floe.OBJECTS.segments(sealed.cipherOctets());
            if (Floe.OBJECTS.plainOctets(sealed.cipherOctets()) != sealed.plainOctets()) {
                throw new SealBrokenException("the object's lengths contradict each other");
            }
            // FLOE allows an empty segment after a full one, and we never write it: whoever shortens both lengths in a row to such a
            // shape would have a reader end before the segment that tells
            if (segments > 1 && sealed.plainOctets() <= (segments - 1) * Floe.OBJECTS.plainSegmentOctets()) {
                throw new SealBrokenException("the object would end with an empty segment");
            }
            var decryption = Floe.OBJECTS.decrypt(objectKey, place.associatedData(Sealer.OBJECT_LABEL), sealed.header());
            opened = true;
            return new OpenedObject(store, sealed, decryption, objectKey, segments);
        } catch (BrokenCiphertextException e) {
            throw new SealBrokenException(e.getMessage(), e);
        } finally {
            if (!opened) {
                Arrays.fill(objectKey, (byte) 0);
            }
        }
    }

    /** Opens what this process has just sealed, with the key that it still holds; a copy of it is taken. */
    static OpenedObject sealedHere(ObjectStore store, byte[] objectKey, Sealed sealed, Place place) {
        try {
            var decryption = Floe.OBJECTS.decrypt(objectKey, place.associatedData(Sealer.OBJECT_LABEL), sealed.header());
            return new OpenedObject(store, sealed, decryption, objectKey.clone(), Floe.OBJECTS.segments(sealed.cipherOctets()));
        } catch (BrokenCiphertextException ourOwnHeader) {
            throw new IllegalStateException("what was just sealed doesn't open", ourOwnHeader);
        }
    }

    @Override
    public long plainOctets() {
        return sealed.plainOctets();
    }

    @Override
    public Plaintext read(long from, long length) throws StoreException {
        Objects.checkFromIndexSize(from, length, sealed.plainOctets());
        requireOpen();
        if (length == 0 && sealed.plainOctets() != 0) {
            return new SegmentStream(InputStream.nullInputStream(), decryption.segments(), new SegmentStream.Range(0, 0, 0, 0, segments));
        }
        // an empty object is read too: its one segment says that nothing was cut off
        int plainSegment = Floe.OBJECTS.plainSegmentOctets();
        long first = from / plainSegment;
        long last = Math.max(from, from + length - 1) / plainSegment;
        long start = Floe.HEADER_OCTETS + first * Floe.OBJECTS.segmentOctets();
        long end = Math.min(sealed.cipherOctets(), Floe.HEADER_OCTETS + (last + 1) * Floe.OBJECTS.segmentOctets());
        var range = new SegmentStream.Range(first, (int) (from - first * plainSegment), length, end - start, segments);
        return new SegmentStream(ciphertext(start, end - start), decryption.segments(), range);
    }

    private InputStream ciphertext(long offset, long length) throws StoreException {
        byte[] inline = sealed.inline();
        return inline == null ? store.read(sealed.key(), offset, length) : new ByteArrayInputStream(inline, (int) offset, (int) length);
    }

    /** Never of a key that is overwritten meanwhile: that would make a secret that is no secret. */
    @Override
    public synchronized byte[] derive(String label, byte[] context, int octets) {
        requireOpen();
        return Derivation.derive(objectKey, label, context, octets);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("closed before");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        decryption.close();
        Arrays.fill(objectKey, (byte) 0);
    }
}
