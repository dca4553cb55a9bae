package sekisho.storage;

/** The object has more octets than the store can keep in one. Permanent: the same octets never fit. */
public class ObjectTooLargeException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final long largestOctets;

    public ObjectTooLargeException(String key, long largestOctets) {
        super("object " + key + " is larger than the " + largestOctets + " octets that the store can keep in one");
        this.largestOctets = largestOctets;
    }

    /** The most that would have fitted. */
    public long largestOctets() {
        return largestOctets;
    }

    @Override
    public boolean temporary() {
        return false;
    }
}
