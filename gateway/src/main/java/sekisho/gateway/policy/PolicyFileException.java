package sekisho.gateway.policy;

/** A policy file that can't be obeyed. The message says which line, why, and what would be right. */
public final class PolicyFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PolicyFileException(String source, int line, String reason) {
        super(source + ":" + line + ": " + reason);
    }
}
