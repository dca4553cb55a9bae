package sekisho.storage;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;

/**
 * A file that is written once, from its start to its end, past the page cache where the file system lets us: ciphertext isn't read again
 * soon, and taking fresh pages for it can cost more than hashing and sealing it (docs/decisions/0018). What comes in small pieces goes through
 * the page cache, and so does what follows the first {@value #DIRECT_OCTETS} octets, since there the kernel writes while we receive.
 */
final class NewFile implements AutoCloseable {
    /** Of one direct write: smaller ones cost more than they save. */
    private static final int PIECE = 64 << 10;
    private static final int DIRECT_OCTETS = 16 << 20;

    private final Path path;
    private final FileChannel cached;
    /** Octets of one block of the file system: direct writes begin and end at multiples of it. 0: no direct writes from here on. */
    private int block;
    private @Nullable FileChannel direct;
    private long written;
    private byte[] rest = new byte[0];
    private int restOctets;

    /**
     * @param cached open for writing, empty
     * @param block of the file system, a power of two; 0 when it takes no direct writes
     */
    NewFile(Path path, FileChannel cached, int block) {
        this.path = path;
        this.cached = cached;
        this.block = block;
    }

    void write(byte[] octets, int offset, int length) throws IOException {
        int done = 0;
        while (block > 0 && restOctets + length - done >= PIECE) {
            done += writePiece(octets, offset + done);
        }
        if (block > 0 && restOctets + length - done < block) {
            keep(octets, offset + done, length - done);
            return;
        }
        goOnCached();
        writeCached(octets, offset + done, length - done);
    }

    /** Writes {@link #PIECE} octets, what was kept first; returns how many were taken of those given: none when there is no direct writing. */
    private int writePiece(byte[] octets, int offset) throws IOException {
        int taken = PIECE - restOctets;
        ByteBuffer piece = DirectBuffers.take();
        try {
            piece.clear().limit(PIECE);
            piece.put(rest, 0, restOctets).put(octets, offset, taken).flip();
            writeDirect(piece);
        } catch (IOException | UnsupportedOperationException e) {
            if (written > 0) {
                throw new IOException("a direct write failed: " + e.getMessage(), e);
            }
            goOnCached();    // the file system said yes and meant no; a full disk refuses what is written now, too
            return 0;
        } finally {
            DirectBuffers.giveBack(piece);
        }
        restOctets = 0;
        written += PIECE;
        if (written >= DIRECT_OCTETS) {
            goOnCached();
        }
        return taken;
    }

    private void writeDirect(ByteBuffer piece) throws IOException {
        FileChannel to = direct;
        if (to == null) {
            to = FileChannel.open(path, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
            direct = to;
        }
        while (piece.hasRemaining()) {
            to.write(piece);
        }
    }

    private void keep(byte[] octets, int offset, int length) {
        if (rest.length == 0) {
            rest = new byte[block];
        }
        System.arraycopy(octets, offset, rest, restOctets, length);
        restOctets += length;
    }

    /** From here on through the page cache, if not so before. */
    private void goOnCached() throws IOException {
        if (block == 0) {
            return;
        }
        block = 0;
        if (direct != null) {
            direct.close();
            direct = null;
        }
        cached.position(written);
        writeCached(rest, 0, restOctets);
        rest = new byte[0];
        restOctets = 0;
    }

    private void writeCached(byte[] octets, int offset, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(octets, offset, length);
        while (left.hasRemaining()) {
            cached.write(left);
        }
    }

    boolean isOpen() {
        return cached.isOpen();
    }

    /** Everything that was written is on the disk. Nothing can be written after it. */
    void finish() throws IOException {
        goOnCached();
        cached.force(true);
        cached.close();
    }

    @Override
    public void close() throws IOException {
        try (cached) {
            if (direct != null) {
                direct.close();
            }
        }
    }
}
