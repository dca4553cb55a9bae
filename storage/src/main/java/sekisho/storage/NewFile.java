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
 * soon, and taking fresh pages for it can cost more than hashing and sealing it (docs/decisions/0018). What is left at the end goes through
 * the page cache, and so does what follows the first {@value #DIRECT_OCTETS} octets, since there the kernel writes while we receive.
 *
 * <p>Its methods exclude each other: a buffer that is given back while another thread still fills it would end up in somebody else's file.
 */
final class NewFile implements AutoCloseable {
    /** Of the last direct write: a smaller one costs more than it saves. */
    private static final int LEAST_DIRECT_OCTETS = 64 << 10;
    private static final int DIRECT_OCTETS = 16 << 20;

    private final Path path;
    private final FileChannel cached;
    /** Octets of one block of the file system: direct writes begin and end at multiples of it. 0: no direct writes from here on. */
    private int block;
    /** What was written and isn't in the file yet; there as long as direct writes go on. */
    private @Nullable ByteBuffer piece;
    private @Nullable FileChannel direct;
    private long directOctets;

    /**
     * @param cached open for writing, empty
     * @param block of the file system, a power of two; 0 when it takes no direct writes
     */
    NewFile(Path path, FileChannel cached, int block) {
        this.path = path;
        this.cached = cached;
        this.block = block;
    }

    synchronized void write(byte[] octets, int offset, int length) throws IOException {
        if (block > 0 && piece == null) {
            piece = DirectBuffers.ALL.take();
            if (piece == null) {
                block = 0;
            }
        }
        int done = 0;
        for (ByteBuffer to = piece; to != null && done < length; to = piece) {
            int taken = Math.min(to.remaining(), length - done);
            to.put(octets, offset + done, taken);
            done += taken;
            if (!to.hasRemaining()) {
                writePiece(to, to.capacity());
            }
        }
        writeCached(ByteBuffer.wrap(octets, offset + done, length - done));
    }

    /** Writes the first octets of the piece. When the file system refuses the first direct write, the page cache takes all. */
    private void writePiece(ByteBuffer from, int octets) throws IOException {
        int end = from.position();
        try {
            writeDirect(from.position(0).limit(octets));
        } catch (IOException | UnsupportedOperationException e) {
            if (directOctets > 0) {
                throw e instanceof IOException why ? why : new IOException("a direct write failed", e);    // DirectoryStore goes by what the system says
            }
            from.limit(end).position(end);
            goOnCached();    // the file system said yes and meant no; a full disk refuses what is written now, too
            return;
        }
        from.limit(end).compact();
        directOctets += octets;
        if (directOctets >= DIRECT_OCTETS) {
            goOnCached();
        }
    }

    private void writeDirect(ByteBuffer from) throws IOException {
        FileChannel to = direct;
        if (to == null) {
            to = FileChannel.open(path, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
            direct = to;
        }
        while (from.hasRemaining()) {
            to.write(from);
        }
    }

    /** From here on through the page cache, if not so before. */
    private void goOnCached() throws IOException {
        block = 0;
        if (direct != null) {
            direct.close();
            direct = null;
        }
        if (piece != null) {
            cached.position(directOctets);
            writeCached(piece.flip());
            giveBack();
        }
    }

    private void writeCached(ByteBuffer octets) throws IOException {
        while (octets.hasRemaining()) {
            cached.write(octets);
        }
    }

    private void giveBack() {
        ByteBuffer lent = piece;
        piece = null;
        if (lent != null) {
            DirectBuffers.ALL.giveBack(lent);
        }
    }

    synchronized boolean isOpen() {
        return cached.isOpen();
    }

    /** Everything that was written is on the disk. Nothing can be written after it. */
    synchronized void finish() throws IOException {
        ByteBuffer last = piece;
        if (last != null && last.position() >= LEAST_DIRECT_OCTETS) {
            writePiece(last, last.position() & -block);
        }
        goOnCached();
        cached.force(true);
        cached.close();
    }

    @Override
    public synchronized void close() throws IOException {
        block = 0;
        giveBack();
        try (cached) {
            if (direct != null) {
                direct.close();
            }
        }
    }
}
