package sekisho.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

import sekisho.storage.floe.BrokenCiphertextException;
import sekisho.storage.floe.Floe;
import sekisho.storage.floe.FloeDecryption;

/**
 * Plaintext of consecutive segments. A segment is read whole, verified and decrypted into a buffer of our own, and only then given
 * out: a caller's buffer never holds an octet that wasn't verified. Both buffers are lent: whoever has taken all of a segment, and waits for
 * a slow client before the next, holds neither.
 */
final class SegmentStream extends Plaintext {
    /**
     * What is read.
     *
     * @param skip octets of the first segment's plaintext that come before the range
     * @param cipherOctets of ciphertext, all segments of the range whole
     * @param segments of the whole object; the last one is known by this alone
     */
    record Range(long firstSegment, int skip, long plainOctets, long cipherOctets, long segments) {
    }

    private static final byte[] NONE = new byte[0];

    private final InputStream ciphertext;
    private final FloeDecryption.Segments decryption;
    private final long segments;
    private byte[] plain = NONE;
    private long position;
    private long cipherLeft;
    private long plainLeft;
    private int skip;
    private int at;
    private int end;
    private boolean stopped;

    SegmentStream(InputStream ciphertext, FloeDecryption.Segments decryption, Range range) {
        this.ciphertext = ciphertext;
        this.decryption = decryption;
        this.segments = range.segments();
        this.position = range.firstSegment();
        this.skip = range.skip();
        this.plainLeft = range.plainOctets();
        this.cipherLeft = range.cipherOctets();
    }

    @Override
    public int read() throws IOException {
        if (!ready()) {
            return -1;
        }
        int octet = plain[at] & 0xFF;
        taken(1);
        return octet;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int octets = Math.min(length, end - at);
        System.arraycopy(plain, at, into, offset, octets);
        taken(octets);
        return octets;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int octets = Math.min(into.remaining(), end - at);
        into.put(plain, at, octets);
        taken(octets);
        return octets;
    }

    /** Writes a segment at a time. */
    @Override
    public long transferTo(OutputStream out) throws IOException {
        long octets = 0;
        while (ready()) {
            out.write(plain, at, end - at);
            octets += end - at;
            taken(end - at);
        }
        return octets;
    }

    @Override
    public int available() {
        return end - at;
    }

    private void taken(int octets) {
        at += octets;
        if (at == end) {
            forget();
        }
    }

    private void forget() {
        if (plain.length > 0) {
            Arrays.fill(plain, (byte) 0);
            SegmentBuffers.giveBack(plain);
            plain = NONE;
        }
    }

    /** Whether a verified octet is waiting; decrypts the next segment when it has to. */
    private boolean ready() throws IOException {
        if (stopped) {
            throw new StoreException("the stream is closed, or broke off before");    // never the end: that would say "complete"
        }
        while (at == end && cipherLeft > 0) {
            stopped = true;
            decryptNext();
            stopped = false;
        }
        return at < end;
    }

    private void decryptNext() throws IOException {
        int octets = (int) Math.min(cipherLeft, Floe.OBJECTS.segmentOctets());
        byte[] segment = SegmentBuffers.take();
        try {
            if (fill(segment, octets) < octets) {
                throw new SealBrokenException("the object ends early, in segment " + position);
            }
            plain = SegmentBuffers.take();
            int decrypted = decryption.decrypt(position, position == segments - 1, segment, 0, octets, plain, 0);
            at = skip;
            end = (int) Math.min(decrypted, skip + plainLeft);
        } catch (BrokenCiphertextException e) {
            throw new SealBrokenException(e.getMessage(), e);
        } finally {
            SegmentBuffers.giveBack(segment);
        }
        skip = 0;
        plainLeft -= end - at;
        cipherLeft -= octets;
        position++;
        if (at == end) {
            forget();
        }
    }

    private int fill(byte[] segment, int octets) throws StoreException {
        try {
            return ciphertext.readNBytes(segment, 0, octets);
        } catch (StoreException e) {
            throw e;
        } catch (IOException e) {
            throw new StoreException("the object store broke off: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        at = end;
        forget();
        decryption.close();
        ciphertext.close();
    }
}
