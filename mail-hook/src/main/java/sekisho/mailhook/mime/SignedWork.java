package sekisho.mailhook.mime;

/**
 * What is read inside signed messages and documents. What is in one may be read as a message and as a document, and in each reading another one may
 * stand that is so again: that doubles at each of them, though all is the same octets. Nested as deep as is allowed, and read in one way, they are read
 * {@link OpaqueSigned#MOST_NESTED} times at the most.
 */
final class SignedWork {

    private long given;
    private long read;

    /** Octets of one that is in no other. */
    void given(int octets) {
        given += octets;
    }

    /** @return whether so many octets inside one may be read as well */
    boolean hasRoom(int octets) {
        read += octets;
        return read <= OpaqueSigned.MOST_NESTED * given;
    }
}
