package sekisho.tools;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import sekisho.gateway.files.Examiner;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.AttachmentFacts;
import sekisho.gateway.policy.Decision;
import sekisho.gateway.policy.Likeness;
import sekisho.gateway.policy.MessageFacts;
import sekisho.gateway.policy.Objection;
import sekisho.gateway.policy.Policy;
import sekisho.gateway.policy.PolicyFile;
import sekisho.gateway.policy.PolicyFileException;
import sekisho.gateway.policy.RuleText;
import sekisho.mailhook.intake.TriedMessage;
import sekisho.mailhook.mime.check.MessageCheck;

/**
 * Checks a policy file, and tries it on a message: what each recipient would get, and by which rule. It splits, looks into attachments and
 * decides as the product does, without database, store or network but for the scanner, when one is named.
 */
public final class PolicyCommand implements Command {

    private static final Set<String> OPTIONS = Set.of("from", "to", "group", "policy", "at", "scanner", "settings");

    /** Holds nothing. */
    public PolicyCommand() {
    }

    @Override
    public String name() {
        return "policy";
    }

    @Override
    public String usage() {
        return "policy check FILE\npolicy try FILE.eml --from ADDRESS --to ADDRESS [--to ADDRESS ...] [--group NAME ...] [--policy FILE] [--at TIME] "
            + "[--scanner ADDRESS] [--settings FILE]";
    }

    @Override
    public int run(List<String> arguments, PrintStream out) throws CommandException {
        var options = Options.parse(arguments, OPTIONS);
        var words = options.words();
        if (words.size() != 2) {
            throw new CommandException("give 'check' and a policy file, or 'try' and a message");
        }
        return switch (words.getFirst()) {
            case "check" -> check(Path.of(words.getLast()), out);
            case "try" -> tried(Path.of(words.getLast()), options, out);
            default -> throw new CommandException("there is no '" + words.getFirst() + "'; give 'check' or 'try'");
        };
    }

    private static int check(Path file, PrintStream out) throws CommandException {
        try {
            var policy = PolicyFile.read(file);
            out.println("good: version " + policy.version() + ", " + policy.rules().size() + " rules, inside: " + String.join(", ", policy.insideDomains()));
            return GOOD;
        } catch (PolicyFileException faulty) {
            out.println("WRONG: " + faulty.whole());
            return BAD;
        } catch (IOException unreadable) {
            throw new CommandException("cannot read " + file + ": " + unreadable, unreadable);
        }
    }

    private static int tried(Path file, Options options, PrintStream out) throws CommandException {
        var policyFile = Path.of(options.required("policy"));
        var policy = policy(policyFile);
        var from = options.required("from");
        var sender = from.equals("<>") ? Optional.<EmailAddress>empty() : Optional.of(address(from));
        var recipients = new ArrayList<EmailAddress>();
        for (var to : options.all("to")) {
            recipients.add(address(to));
        }
        if (recipients.isEmpty()) {
            throw new CommandException("the option --to is missing; give it once for each recipient");
        }
        var at = at(options.one("at"));
        var message = message(file);
        var tried = TriedMessage.of(message, policy, new MessageFacts.Envelope(sender, Set.copyOf(options.all("group")), at), recipients,
            examiner(options.one("scanner")), HookLimits.of(options.one("settings")));
        out.printf(Locale.ROOT, "%s: %,d octets, %d attachments; policy %s (%s), as of %s%n", file, message.length, tried.attachments().size(),
            policy.version(), policyFile, at);
        var senders = HookLimits.senders(options.one("settings"));
        if (sender.isPresent() && senders.isPresent() && !senders.get().has(sender.get().domain())) {
            out.println("refused at MAIL, whatever the policy: 5.7.1 " + sender.get().domain() + " is none of gateway.senders.domains");
            return BAD;
        }
        if (sender.isPresent() && senders.isEmpty()) {
            out.println("  whether " + sender.get().domain() + " may send at all is not known without gateway.senders.domains in --settings");
        }
        if (tried.refused() != null) {
            out.println("refused, whatever the policy: " + tried.refused());
            return BAD;
        }
        if (sender.isEmpty() && !tried.report()) {
            out.println("  no multipart/report: without a sender's address it is refused (550 5.7.1) by listeners with null-sender=reports or auth=required");
        }
        tried.attachments().forEach(attachment -> out.println("  " + words(attachment)));
        boolean refused = false;
        boolean putOff = false;
        for (int i = 0; i < recipients.size(); i++) {
            var decision = tried.decisions().get(i);
            refused |= decision.objection().isPresent();
            putOff |= decision.notYet();
            out.println("to " + recipients.get(i) + ": " + words(decision, !tried.attachments().isEmpty(), !tried.automatic()) + afterFiles(decision, tried.afterFiles().get(i), !tried.automatic())
                + "  [rule " + decision.rule() + "]");
            policy.likeness(recipients.get(i)).ifPresent(like -> out.println("  " + words(like)));
        }
        if (refused && recipients.size() > 1) {
            out.println("refused to one is refused to all: the message would not be accepted");
        } else if (putOff && !refused) {
            out.println((recipients.size() > 1 ? "put off for one is put off for all: " : "") + "the message would be answered with 451 and come again");
        }
        return refused || putOff ? BAD : GOOD;
    }

    private static Policy policy(Path file) throws CommandException {
        try {
            return PolicyFile.read(file);
        } catch (PolicyFileException faulty) {
            throw new CommandException("cannot use the policy: " + faulty.whole(), faulty);
        } catch (IOException unusable) {
            throw new CommandException("cannot use the policy: " + unusable.getMessage(), unusable);
        }
    }

    private static EmailAddress address(String text) throws CommandException {
        return EmailAddress.parse(text).orElseThrow(() -> new CommandException("'" + text + "' is not a mail address"));
    }

    private static Instant at(Optional<String> text) throws CommandException {
        try {
            return text.map(OffsetDateTime::parse).map(OffsetDateTime::toInstant).orElseGet(Instant::now);
        } catch (DateTimeException wrong) {
            throw new CommandException("--at is a time such as 2026-11-25T10:30+09:00", wrong);
        }
    }

    private static Examiner examiner(Optional<String> scanner) throws CommandException {
        try {
            return Examiner.alone(scanner);
        } catch (IllegalStateException wrong) {
            throw new CommandException("--scanner: " + wrong.getMessage(), wrong);
        }
    }

    private static byte[] message(Path file) throws CommandException {
        try {
            if (Files.size(file) > MessageCheck.MAX_OCTETS) {
                throw new CommandException(file + " is larger than " + (MessageCheck.MAX_OCTETS >> 20) + " MiB");
            }
            return MessageCheck.asSent(Files.readAllBytes(file));
        } catch (IOException unreadable) {
            throw new CommandException("cannot read " + file + ": " + unreadable, unreadable);
        }
    }

    private static String words(AttachmentFacts a) {
        return String.format(Locale.ROOT, "%s  %s, %,d octets; content: %s%s", a.name(), a.declaredType(), a.octets(), a.examined().inWords(),
            a.examined().find().map(find -> " " + find).orElse(""));
    }

    /** @param told whether the sender is somebody who can be told */
    private static String words(Decision decision, boolean attachments, boolean told) {
        if (decision.objection().isPresent()) {
            return "refused, " + words(decision.objection().get());
        }
        var words = new ArrayList<String>();
        switch (decision.attachments()) {
            case LINK -> words.add((decision.whole() ? "a link to the whole message as one file for " : "a link for ") + RuleText.text(decision.expires()) + ", " + decision.downloads() + " downloads of each file"
                + decision.names().map(names -> switch (names) {
                    case LIST -> ", names told";
                    case COUNT -> ", names untold";
                }).orElse(""));
            case PASS, REFUSE -> words.add(attachments ? "the message with its attachments" : "the message");
        }
        if (decision.notYet()) {
            return "not yet: a part that stays in it could not be scanned";
        }
        words.add(held(decision, told));
        if (decision.untilScanned()) {
            words.add("held until scanned" + unlessNoticed(decision, told));
        }
        return String.join(", ", words);
    }

    /** What changes when files went to a recipient before: the text looks as if it told their password. */
    private static String afterFiles(Decision decision, Decision after, boolean told) {
        boolean held = !after.hold().equals(decision.hold());
        if (decision.objection().isPresent() || decision.equals(after) || !held && !told) {
            return "";
        }
        return "; " + (held ? held(after, told) + (told ? ", and its sender told that no password is needed," : "") : "its sender is told that no password is needed")
            + " if files went to them less than 15 minutes before";
    }

    private static String held(Decision decision, boolean told) {
        return decision.hold().isZero() ? "not held" : "held for " + RuleText.text(decision.hold()) + unlessNoticed(decision, told);
    }

    private static String unlessNoticed(Decision decision, boolean told) {
        return told && decision.notice() ? "" : " without notice";
    }

    private static String words(Likeness like) {
        return "its domain " + like.domain().map(domain -> "looks like " + domain).orElse("mixes letters of several scripts") + " (" + like.kind().text() + ")";
    }

    private static String words(Objection objection) {
        return switch (objection) {
            case ATTACHMENTS -> "it has attachments";
            case INFECTED -> "it carries malware";
            case UNSCANNED -> "a part that stays in it is too large to be scanned";
            case PASSWORD_PROTECTED -> "an attachment asks for a password";
            case UNKNOWN_PROTECTION -> "it can't be told whether an attachment asks for a password";
            case SIGNED -> "it is signed";
            case ENCRYPTED -> "it is encrypted";
        };
    }
}
