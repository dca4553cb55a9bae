package sekisho.mailhook.mime;

/** Ends the splitting of a message that can't be handled safely; never leaves the splitter. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1;

    static final String MALFORMED = "5.6.0";
    static final String FORBIDDEN = "5.7.1";

    private final String code;
    private final String reason;

    Refusal(String code, String reason) {
        super(reason, null, false, false);
        this.code = code;
        this.reason = reason;
    }

    static Refusal malformed(String reason) {
        return new Refusal(MALFORMED, reason);
    }

    SplitResult.Refused result() {
        return new SplitResult.Refused(code, reason);
    }
}
