package sekisho.inspection;

import java.io.IOException;

/** Random access to the octets of one file. Used by one thread at a time. */
public interface Octets {
    /** How many there are. */
    long size() throws IOException;

    /**
     * Reads from {@code position} on; may give less than asked for.
     *
     * @return how many octets were read, at least one unless {@code length} is 0; −1 at the end and beyond it
     * @throws IOException when they can't be read now; {@link Inspector#inspect} passes it on
     */
    int read(long position, byte[] into, int offset, int length) throws IOException;

    /** Those of an array, which is not copied. */
    static Octets of(byte[] octets) {
        return new HeldOctets(octets, octets.length);
    }
}
