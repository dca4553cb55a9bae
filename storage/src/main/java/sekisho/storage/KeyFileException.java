package sekisho.storage;

/** A key file is missing, malformed, readable by others, or in the way of a new one. Stops start-up; the message says which file. */
public final class KeyFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KeyFileException(String message) {
        super(message);
    }

    public KeyFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
