package sekisho.storage.floe;

/** The ciphertext is not what was encrypted under this key and associated data, or not at this position. Permanent. */
public final class BrokenCiphertextException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenCiphertextException(String message) {
        super(message);
    }

    BrokenCiphertextException(String message, Throwable cause) {
        super(message, cause);
    }
}
