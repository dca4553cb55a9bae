package sekisho.storage;

import java.io.IOException;

/**
 * The object store couldn't do what was asked. Temporary unless a subclass says otherwise: the caller tells its peer to come back
 * later (451, 503). The message says what to do and never names what an object holds.
 */
public class StoreException extends IOException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether the same call may succeed later. */
    public boolean temporary() {
        return true;
    }
}
