package sekisho.storage;

/**
 * A part of the store can't be looked at, or changed: a folder on a bad region of the disk, say, or one that came back as somebody else's. What was asked is
 * done for all else. The message names the first such thing, and how many more there are.
 */
public class StorePartException extends StoreException {
    private static final long serialVersionUID = 1L;

    public StorePartException(String message, Throwable cause) {
        super(message, cause);
    }
}
