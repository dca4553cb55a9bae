package sekisho.mailhook.intake;

import sekisho.gateway.delivery.Unfit;
import sekisho.gateway.delivery.UnfitMessages;
import sekisho.mailhook.smtp.SmtpReply;

/** Tells the gateway of each message that gets no decision, by the reply that it gets. */
final class RefusedReplies {

    private final UnfitMessages unfit;

    RefusedReplies(UnfitMessages unfit) {
        this.unfit = unfit;
    }

    void note(SmtpReply reply) {
        if (reply.isTemporary()) {
            unfit.deferred();
        } else {
            unfit.refused(reason(reply));
        }
    }

    /** By the enhanced code (RFC 3463), where there is one for the reason alone. */
    static Unfit reason(SmtpReply reply) {
        if (reply.equals(SmtpReply.NUL)) {
            return Unfit.NUL;
        }
        if (reply.lines().getLast().equals(AuthorFields.ADVICE)) {
            return Unfit.AUTHOR;
        }
        return switch (reply.enhanced()) {
            case "5.3.4" -> Unfit.TOO_LARGE;
            case "5.4.6" -> Unfit.LOOP;
            case "5.6.3" -> Unfit.CONVERSION;
            case "5.6.11" -> Unfit.LINE_ENDS;
            case "5.7.1" -> Unfit.FORBIDDEN;
            default -> Unfit.MALFORMED;
        };
    }
}
