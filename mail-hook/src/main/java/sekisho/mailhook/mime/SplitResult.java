package sekisho.mailhook.mime;

/** How a message came out of the splitter. */
public sealed interface SplitResult {

    /** Everything was told to the sink; the layout describes the spool. */
    record Split(Layout layout) implements SplitResult {
    }

    /**
     * The message can't be handled safely. What the sink has so far is to be thrown away.
     *
     * @param code   enhanced status code (RFC 3463): 5.6.0 for what can't be understood, 5.7.1 for what isn't allowed
     * @param reason for the SMTP reply, in plain ASCII, without any text of the message
     */
    record Refused(String code, String reason) implements SplitResult {
    }
}
