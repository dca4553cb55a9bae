package sekisho.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

import sekisho.storage.floe.BrokenCiphertextException;
import sekisho.storage.floe.Floe;
import sekisho.storage.floe.FloeDecryption;

/**
 * Plaintext of consecutive segments. A segment is read whole, verified and decrypted into a buffer of our own, and only then given
 * out: a caller's buffer never holds an octet that wasn't verified.
 */
final class SegmentStream extends InputStream {
    /**
     * What is read.
     *
     * @param skip octets of the first segment's plaintext that come before the range
     * @param cipherOctets of ciphertext, all segments of the range whole
     * @param segments of the whole object; the last one is known by this alone
     */
    record Range(long firstSegment, int skip, long plainOctets, long cipherOctets, long segments) {
    }

    private final InputStream ciphertext;
    private final FloeDecryption.Segments decryption;
    private final long segments;
    private final byte[] plain;
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
        this.plain = new byte[(int) Math.clamp(range.cipherOctets() - Floe.OVERHEAD_OCTETS, 0, Floe.OBJECTS.plainSegmentOctets())];
        this.segments = range.segments();
        this.position = range.firstSegment();
        this.skip = range.skip();
        this.plainLeft = range.plainOctets();
        this.cipherLeft = range.cipherOctets();
    }

    @Override
    public int read() throws IOException {
        return ready() ? plain[at++] & 0xFF : -1;
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
        at += octets;
        return octets;
    }

    /** Writes a segment at a time. */
    @Override
    public long transferTo(OutputStream out) throws IOException {
        long octets = 0;
        while (ready()) {
            out.write(plain, at, end - at);
            octets += end - at;
            at = end;
        }
        return octets;
    }

    @Override
    public int available() {
        return end - at;
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
        Arrays.fill(plain, (byte) 0);
        ciphertext.close();
    }
}
