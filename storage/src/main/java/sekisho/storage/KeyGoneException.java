package sekisho.storage;

/** What is kept is wrapped to a version of the key that isn't here: destroyed, or not yet copied to this host. The message names the version. */
public final class KeyGoneException extends SealBrokenException {
    private static final long serialVersionUID = 1L;

    public KeyGoneException(String message) {
        super(message);
    }
}
