package sekisho.mailhook.mime;

/**
 * How a message is split: what it may cost, the choices that policy makes, and what its envelope says.
 *
 * @param returnedStays whether a delivery report may keep the message that it returns. A report is sent with the null reverse-path
 *                      (RFC 3464 §2, RFC 8098 §3); what a person sends under that name would be a way around the scanner
 */
public record SplitRules(SplitLimits limits, Forwarded forwarded, boolean returnedStays) {

    /** The default choices within these limits, for a message with a null reverse-path. */
    public static SplitRules within(SplitLimits limits) {
        return new SplitRules(limits, Forwarded.WHOLE, true);
    }

    public static SplitRules defaults() {
        return within(SplitLimits.defaults());
    }
}
