package sekisho.mailhook.relay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import sekisho.mailhook.relay.RelayConnection.EnvelopeReplies;
import sekisho.mailhook.relay.RelayResult.Aborted;
import sekisho.mailhook.relay.RelayResult.Delivered;
import sekisho.mailhook.relay.RelayResult.MaybeDelivered;
import sekisho.mailhook.relay.RelayResult.Permanent;
import sekisho.mailhook.relay.RelayResult.Temporary;
import sekisho.mailhook.relay.RelayResult.Unreached;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.SmtpReply;

/** What one host's answers mean for each recipient, and what those of several hosts come to. */
final class RelayResults {

    private static final SmtpReply NO_HOST = new SmtpReply(451, "4.4.1", "no host");
    private static final SmtpReply NOT_ALL = new SmtpReply(451, "4.3.0", "not all hosts could be asked");

    private RelayResults() {
    }

    /** Before any host was tried. */
    static List<RelayResult> none(OutgoingEnvelope envelope) {
        return each(envelope, recipient -> new Unreached(recipient, "", NO_HOST, false));
    }

    static List<RelayResult> each(OutgoingEnvelope envelope, Function<Recipient, RelayResult> result) {
        return envelope.recipients().stream().map(result).toList();
    }

    /** Whom another host may take: those who were put off, and those of a message that no host so far offers what it needs for. */
    static List<Recipient> left(List<RelayResult> results) {
        return results.stream().filter(RelayResults::isLeft).map(RelayResult::recipient).toList();
    }

    /** Those of them whom no host was asked to take it for yet, since none so far could. */
    static List<Recipient> untaken(List<RelayResult> results) {
        return results.stream().filter(RelayResults::isUntakeable).map(RelayResult::recipient).toList();
    }

    private static boolean isLeft(RelayResult result) {
        return result instanceof Temporary || result instanceof Unreached || isUntakeable(result);
    }

    /** Whether the hosts so far can't take the message for anybody, and none was asked to: they don't offer what it needs. */
    static boolean nobodyTakes(List<RelayResult> results) {
        return results.stream().allMatch(RelayResults::isUntakeable);
    }

    /** We said it, not a host. */
    private static boolean isUntakeable(RelayResult result) {
        return result instanceof Permanent(_, _, _, boolean said) && !said;
    }

    /** What another host, or the search for one, brought for those who were left. */
    static List<RelayResult> after(List<RelayResult> results, Function<Recipient, RelayResult> next) {
        return after(results, left(results), next);
    }

    /** As above, for some of those. */
    static List<RelayResult> after(List<RelayResult> results, List<Recipient> some, Function<Recipient, RelayResult> next) {
        var asked = new HashSet<>(some);
        return results.stream().map(result -> isLeft(result) && asked.contains(result.recipient()) ? after(result, next.apply(result.recipient())) : result).toList();
    }

    /** What they come to before all hosts were tried: what those so far can't take another might. */
    static List<RelayResult> brokenOff(List<RelayResult> results) {
        return after(results, untaken(results), recipient -> new Unreached(recipient, "", NOT_ALL, false));
    }

    /** What they come to when we have broken off: what no host said itself was our own doing. */
    static List<RelayResult> aborted(List<RelayResult> results) {
        return results.stream().map(result -> switch (result) {
            case Temporary(var recipient, _, _, boolean said) when !said -> new Aborted(recipient);
            case Unreached(var recipient, _, _, boolean said) when !said -> new Aborted(recipient);
            case Temporary _, Unreached _, Delivered _, Permanent _, MaybeDelivered _, Aborted _ -> result;
        }).toList();
    }

    /**
     * That a host wasn't reached, or can't take the message, is no news of somebody whom another has put off. Of one that can't and one that
     * wasn't reached, the second may take it another time. That a host's TLS failed stays known though another puts it off: that one may do so for ever.
     */
    private static RelayResult after(RelayResult before, RelayResult now) {
        return switch (before) {
            case Temporary _ when now instanceof Unreached || isUntakeable(now) -> before;
            case Temporary put when put.isFailedTls() && now instanceof Temporary other && !other.isFailedTls() ->
                new Temporary(put.recipient(), put.remote(), new SmtpReply(451, RelayResult.FAILED_TLS, String.join(" ", put.reply().lines()) + "; "
                    + other.remote() + " said " + other.reply().oneLine()), false);
            case Permanent _ when isUntakeable(now) -> before;
            case Permanent _ when now instanceof Unreached(var recipient, var remote, var reply, var said) -> new Temporary(recipient, remote, reply, said);
            case Unreached(var recipient, var remote, var reply, var said) when isUntakeable(now) && reply != NO_HOST ->
                new Temporary(recipient, remote, reply, said);
            default -> now;
        };
    }

    /**
     * What one host's answers come to: a refusal of MAIL holds for all, one of RCPT for that recipient, whatever becomes of the text.
     *
     * @param clear    whether it was asked in clear text since TLS failed
     * @param accepted what becomes of those whose RCPT was accepted, or not answered any more
     */
    static List<RelayResult> of(String remote, OutgoingEnvelope envelope, EnvelopeReplies replies, boolean clear, Function<Recipient, RelayResult> accepted) {
        List<RelayResult> results = new ArrayList<>();
        boolean mail = RelayConnection.isSuccess(replies.mail());
        for (int i = 0; i < envelope.recipients().size(); i++) {
            Recipient recipient = envelope.recipients().get(i);
            if (mail && i >= replies.recipients().size()) {
                results.add(accepted.apply(recipient));
                continue;
            }
            SmtpReply reply = mail ? replies.recipients().get(i) : replies.mail();
            boolean notNow = clear && wantsTls(reply) || mail && isTooMany(reply);
            results.add(mail && RelayConnection.isSuccess(reply) ? accepted.apply(recipient)
                : notNow ? new Temporary(recipient, remote, reply, true) : said(recipient, remote, reply, false));
        }
        return results;
    }

    /** 530 (RFC 3207 §4); and who is refused in clear, for reasons of security or of policy, may be welcome by TLS. */
    private static boolean wantsTls(SmtpReply reply) {
        return reply.code() == 530 || reply.enhanced().startsWith("5.7.");
    }

    /** 552 to RCPT: old servers say so when there are too many recipients, so it is temporary (RFC 5321 §4.5.3.1.10). */
    private static boolean isTooMany(SmtpReply reply) {
        return reply.code() == 552;
    }

    /** @param dsn whether the host took the DSN wishes */
    static RelayResult said(Recipient recipient, String remote, SmtpReply reply, boolean dsn) {
        return switch (reply.code() / 100) {
            case 2 -> new Delivered(recipient, remote, reply, dsn);
            case 5 -> new Permanent(recipient, remote, reply, true);
            default -> new Temporary(recipient, remote, reply, true);
        };
    }

    /** What came of clear text since TLS failed: whoever is put off there as well is so by the failed TLS, and may be tried in clear the next time, too. */
    static RelayResult inClear(RelayResult result) {
        return result instanceof Temporary(var recipient, var remote, var reply, _)
            ? new Temporary(recipient, remote, new SmtpReply(451, RelayResult.FAILED_TLS, RelayResult.NO_TLS + remote + ", and in clear text: " + reply.oneLine()), false)
            : result;
    }
}
