package sekisho.mailhook.intake;

import java.util.List;
import sekisho.gateway.delivery.Intake;
import sekisho.mailhook.smtp.SmtpReply;

/**
 * What a sender's mail server is told when policy refuses a message. Most servers put all lines of it into the bounce that the sender reads,
 * so it says what to do, in English and in Japanese as far as ASCII can write it, and where it is explained in both.
 */
final class Objections {

    private final String linkBase;

    /** @param linkBase beginning of the web pages' addresses, without a slash at its end */
    Objections(String linkBase) {
        this.linkBase = linkBase;
    }

    SmtpReply reply(Intake.Refused refused) {
        var rule = ascii(refused.rule());
        return switch (refused.objection()) {
            case ATTACHMENTS -> reply("attachments to this recipient are refused by rule " + rule);
            case INFECTED -> reply("malware found in an attachment: " + ascii(refused.find()), "nothing was sent; tell your IT department");
            case PASSWORD_PROTECTED -> reply("password-protected attachment refused by rule " + rule,
                "Send it without the password: it will be encrypted and linked automatically.",
                "Pasuwaado nashi de sono mama soushin shite kudasai (jidou de angouka sare, link de todokimasu).", help());
            case UNKNOWN_PROTECTION -> reply("an attachment that can't be looked into was refused by rule " + rule,
                "Send the files themselves, not an archive: they will be encrypted and linked automatically.",
                "Asshuku sezu moto no fairu no mama soushin shite kudasai (jidou de angouka sare, link de todokimasu).", help());
            case SIGNED -> reply("signed messages to this recipient are refused by rule " + rule);
            case ENCRYPTED -> reply("encrypted messages to this recipient are refused by rule " + rule);
        };
    }

    private String help() {
        return linkBase + "/help/password-protected";
    }

    private static SmtpReply reply(String... lines) {
        return new SmtpReply(550, "5.7.1", List.of(lines));
    }

    private static String ascii(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
