package sekisho.mailhook.mime;

/** Ends the splitting of a message that can't be handled safely; never leaves the splitter. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1;

    static final String MALFORMED = "5.6.0";
    static final String FORBIDDEN = "5.7.1";

    private final String code;
    private final String reason;
    private final boolean beyond;

    Refusal(String code, String reason) {
        this(code, reason, false);
    }

    private Refusal(String code, String reason, boolean beyond) {
        super(reason, null, false, false);
        this.code = code;
        this.reason = reason;
        this.beyond = beyond;
    }

    static Refusal malformed(String reason) {
        return new Refusal(MALFORMED, reason);
    }

    /** There are more parts, or more inside each other, than {@link SplitLimits} allows. */
    static Refusal beyond(String reason) {
        return new Refusal(MALFORMED, reason, true);
    }

    boolean isBeyond() {
        return beyond;
    }

    /** Whether it holds wherever it comes from: what is merely malformed is somebody's file in another place. */
    boolean isFinal() {
        return beyond || code.equals(FORBIDDEN);
    }

    SplitResult.Refused result() {
        return new SplitResult.Refused(code, reason);
    }
}
