package sekisho.mailhook.mime;

/** How a message is split: what it may cost, and the choices that policy makes. */
public record SplitRules(SplitLimits limits, Forwarded forwarded) {

    /** The default choices within these limits. */
    public static SplitRules within(SplitLimits limits) {
        return new SplitRules(limits, Forwarded.WHOLE);
    }

    public static SplitRules defaults() {
        return within(SplitLimits.defaults());
    }
}
