package sekisho.gateway.policy;

/**
 * A policy file that can't be obeyed. The message says which line, why, and what would be right. It is logged, so it never quotes an entry with an
 * at sign, which may be somebody's address; {@link #whole} does.
 */
public final class PolicyFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String whole;

    /** @param entry what stands in the file and may be quoted in the reason, in single quotes */
    public PolicyFileException(String source, int line, String entry, String reason) {
        super(source + ":" + line + ": " + (entry.indexOf('@') >= 0 && reason.contains("'" + entry + "'")
            ? reason.replace("'" + entry + "'", "what stands there") + " (./sekisho policy check shows it)" : reason));
        this.whole = source + ":" + line + ": " + reason;
    }

    /** The message with what stands in the file: for whoever has it, never for a log. */
    public String whole() {
        return whole;
    }
}
