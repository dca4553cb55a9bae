package sekisho.mailhook.intake;

import sekisho.gateway.delivery.Intake;
import sekisho.mailhook.smtp.SmtpReply;

/** What a sender's mail server is told when policy refuses a message: it ends up in the bounce that the sender reads. */
final class Objections {

    private Objections() {
    }

    static SmtpReply reply(Intake.Refused refused) {
        var rule = " (rule " + ascii(refused.rule()) + ")";
        return new SmtpReply(550, "5.7.1", switch (refused.objection()) {
            case ATTACHMENTS -> "attachments to this recipient are refused by rule " + ascii(refused.rule());
            case INFECTED -> "malware found in an attachment: " + ascii(refused.find());
            case PASSWORD_PROTECTED -> "password-protected attachment refused" + rule;
            case UNKNOWN_PROTECTION -> "attachment refused, it can't be told whether it asks for a password" + rule;
            case SIGNED -> "signed messages to this recipient are refused" + rule;
            case ENCRYPTED -> "encrypted messages to this recipient are refused" + rule;
        });
    }

    private static String ascii(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
