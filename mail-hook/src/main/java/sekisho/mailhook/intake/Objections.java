package sekisho.mailhook.intake;

import java.util.List;
import sekisho.gateway.delivery.Intake;
import sekisho.mailhook.smtp.SmtpReply;

/**
 * What a sender's mail server is told when a message is refused. Most servers put all lines of it into the bounce that the sender reads, so it
 * says what to do. It can say that in English alone; its last line is the address of a page that says it in Japanese too
 * (docs/decisions/0024).
 */
final class Objections {

    private static final String MORE = "In Japanese and English: ";

    private final String linkBase;

    /** @param linkBase beginning of the web pages' addresses, without a slash at its end */
    Objections(String linkBase) {
        this.linkBase = linkBase;
    }

    /** To what policy doesn't let out. */
    SmtpReply reply(Intake.Refused refused) {
        var rule = ascii(refused.rule());
        return switch (refused.objection()) {
            case ATTACHMENTS -> explained(reply("attachments to this recipient are refused by rule " + rule));
            case UNSCANNED -> explained(reply("a signed part, an image or a report in the message is too large to be scanned for malware", "Send it without."));
            case INFECTED -> explained(reply("malware found in an attachment: " + ascii(refused.find()), "nothing was sent; tell your IT department"));
            case PASSWORD_PROTECTED -> reply("password-protected attachment refused by rule " + rule,
                "Send it without the password: it will be encrypted and linked automatically.", onPasswords());
            case UNKNOWN_PROTECTION -> reply("an attachment that can't be looked into was refused by rule " + rule,
                "Send the files themselves, not an archive: they will be encrypted and linked automatically.", onPasswords());
            case SIGNED -> explained(reply("signed messages to this recipient are refused by rule " + rule));
            case ENCRYPTED -> explained(reply("encrypted messages to this recipient are refused by rule " + rule));
        };
    }

    /** To what can't be let out before the scanner has read it, and can't be held for that. */
    SmtpReply reply(Intake.Deferred deferred) {
        return new SmtpReply(451, "4.7.1", List.of("a part that stays in the message could not be scanned for malware yet, as rule " + ascii(deferred.rule())
            + " wants it, try again later"));
    }

    /** The reply, and if it is final where its reason and what to do are told in both languages. */
    SmtpReply explained(SmtpReply reply) {
        return reply.isPermanent() ? reply.and(MORE + linkBase + "/help/returned") : reply;
    }

    private String onPasswords() {
        return MORE + linkBase + "/help/password-protected";
    }

    private static SmtpReply reply(String... lines) {
        return new SmtpReply(550, "5.7.1", List.of(lines));
    }

    private static String ascii(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
