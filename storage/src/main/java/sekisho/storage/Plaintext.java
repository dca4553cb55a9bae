package sekisho.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** What {@link Opener.OpenObject#read} gives out; every octet of it was verified. */
public abstract class Plaintext extends InputStream {

    /**
     * Like {@link #read(byte[], int, int)}, into a buffer that need not be in the heap.
     *
     * @return how many octets were put; 0 only when there is no room, -1 at the end
     */
    public abstract int read(ByteBuffer into) throws IOException;
}
