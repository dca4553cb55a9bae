package sekisho.mailhook.relay;

import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.SmtpReply;

/**
 * What became of one recipient. {@code remote} is the next hop, {@code host:port}. {@code saidByRemote} tells its words from ours about it, which a
 * DSN must not pass off as a Diagnostic-Code (RFC 3464 §2.3.6).
 */
public sealed interface RelayResult {
    Recipient recipient();

    String remote();

    /**
     * The next hop has taken responsibility.
     *
     * @param dsnHandedOn it took the DSN wishes too; if not, and SUCCESS was asked for, it is on us to report "relayed" (RFC 3461 §5.2.2)
     */
    record Delivered(Recipient recipient, String remote, SmtpReply reply, boolean dsnHandedOn) implements RelayResult {}

    /** Ours for a host that offers TLS which doesn't come about. */
    String FAILED_TLS = "4.7.5";
    /** How our words about it begin. */
    String NO_TLS = "no TLS with ";

    /** Not this time: try again by {@link RetrySchedule}. */
    record Temporary(Recipient recipient, String remote, SmtpReply reply, boolean saidByRemote) implements RelayResult {

        /** Whether the host takes some recipients at one time and this one at the next (RFC 5321 §4.5.3.1.10, RFC 3463 X.5.3); it says so of full mailboxes, too. */
        public boolean isOneTooMany() {
            return saidByRemote && (reply.code() == 452 || reply.code() == 552) && (reply.enhanced().isEmpty() || reply.enhanced().endsWith(".5.3"));
        }

        /** Whether a host's TLS failed: then the message may go in clear another time (docs/decisions/0028). */
        public boolean isFailedTls() {
            return !saidByRemote && reply.enhanced().equals(FAILED_TLS);
        }
    }

    /**
     * No host of the destination could be talked to, so what else waits for it may as well wait too: try again by {@link RetrySchedule}.
     *
     * @param remote the host that was tried last; empty when none is known
     */
    record Unreached(Recipient recipient, String remote, SmtpReply reply, boolean saidByRemote) implements RelayResult {}

    /** Never: report to the reverse-path. */
    record Permanent(Recipient recipient, String remote, SmtpReply reply, boolean saidByRemote) implements RelayResult {}

    /** The whole message was sent and no answer came: the next hop may have it. Trying again may double it, not trying may lose it. */
    record MaybeDelivered(Recipient recipient, String remote, String reason) implements RelayResult {}

    /** We broke off before the end of the text, or didn't begin, since no more is to be sent here: nobody has it, and the next hop isn't to blame. */
    record Aborted(Recipient recipient) implements RelayResult {
        @Override
        public String remote() {
            return "";
        }
    }
}
