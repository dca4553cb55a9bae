package sekisho.inspection;

/** The first {@code length} octets of an array. */
record HeldOctets(byte[] octets, int length) implements Octets {
    @Override
    public long size() {
        return length;
    }

    @Override
    public int read(long position, byte[] into, int offset, int count) {
        if (count == 0) {
            return 0;
        }
        if (position < 0 || position >= length) {
            return -1;
        }
        int got = Math.min(count, length - (int) position);
        System.arraycopy(octets, (int) position, into, offset, got);
        return got;
    }
}
