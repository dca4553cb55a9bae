package sekisho.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A range of a file; ends early where the file does. */
final class FileRange extends InputStream {
    private final FileChannel channel;
    private long position;
    private long left;

    FileRange(FileChannel channel, long offset, long length) {
        this.channel = channel;
        this.position = offset;
        this.left = length;
    }

    @Override
    public int read() throws StoreException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws StoreException {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        try {
            int octets = channel.read(ByteBuffer.wrap(into, offset, (int) Math.min(length, left)), position);
            if (octets > 0) {
                position += octets;
                left -= octets;
            }
            return octets;
        } catch (IOException e) {
            throw new StoreException("cannot read an object's file: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
