package sekisho.embedded;

/** A server did not start, or a tool that it needs is missing. The message says what to do about it. */
public final class ServerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ServerException(String message) {
        super(message);
    }

    public ServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
