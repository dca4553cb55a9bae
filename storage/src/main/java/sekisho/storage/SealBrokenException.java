package sekisho.storage;

import java.io.IOException;

/**
 * What is kept is not what was sealed for this place: changed, cut, moved, or wrapped to a key that is not here. Permanent: trying
 * again doesn't help. A reader that already passed octets on resets its connection, so that a part isn't taken for the whole.
 */
public sealed class SealBrokenException extends IOException permits KeyGoneException {
    private static final long serialVersionUID = 1L;

    public SealBrokenException(String message) {
        super(message);
    }

    public SealBrokenException(String message, Throwable cause) {
        super(message, cause);
    }
}
