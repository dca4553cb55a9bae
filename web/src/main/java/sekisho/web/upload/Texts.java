package sekisho.web.upload;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import sekisho.gateway.people.AddressText;
import sekisho.gateway.people.EmailAddress;
import sekisho.web.send.SendForm.Typed;
import sekisho.web.send.SendForm.Wrong;

/** What somebody typed, judged and made clean. */
record Texts(List<EmailAddress> recipients, String subject, String message, List<Wrong> wrong) {

    static final int LONGEST_SUBJECT = 250;
    static final int LONGEST_MESSAGE = 10_000;
    private static final int LONGEST_SHOWN = 100;
    private static final Pattern BETWEEN_RECIPIENTS = Pattern.compile("[,;\\r\\n]+");
    /** The wide space of a Japanese keyboard too. */
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s\\p{Z}]+");
    /** A display name before an address, as mail programs copy it. */
    private static final Pattern NAMED = Pattern.compile("[^<>]*<([^<>]+)>\\s*");
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\u2028\\u2029&&[^\\n\\t]]");

    static Texts of(Typed typed, int mostRecipients) {
        var wrong = new ArrayList<Wrong>();
        var recipients = recipients(typed.recipients(), mostRecipients, wrong);
        var subject = typed.subject().replaceAll("[\\p{Cc}\\u2028\\u2029]+", " ").strip();
        if (subject.codePointCount(0, subject.length()) > LONGEST_SUBJECT) {
            wrong.add(new Wrong("subject", "too_long", Integer.toString(LONGEST_SUBJECT)));
        }
        var message = CONTROLS.matcher(typed.message().replaceAll("\\r\\n?", "\n")).replaceAll("").strip();
        if (message.codePointCount(0, message.length()) > LONGEST_MESSAGE) {
            wrong.add(new Wrong("message", "too_long", Integer.toString(LONGEST_MESSAGE)));
        }
        return new Texts(recipients, subject, message, List.copyOf(wrong));
    }

    private static List<EmailAddress> recipients(String typed, int most, List<Wrong> wrong) {
        var found = new LinkedHashMap<String, EmailAddress>();
        for (var between : BETWEEN_RECIPIENTS.split(typed)) {
            var named = NAMED.matcher(between);
            var words = named.matches() ? new String[] {named.group(1)} : BETWEEN_WORDS.split(between);
            for (var word : words) {
                if (word.isBlank()) {
                    continue;
                }
                var address = address(word.strip());
                if (address.isEmpty()) {
                    wrong.add(new Wrong("recipients", "bad_address", shown(word)));
                } else {
                    found.putIfAbsent(address.get().key(), address.get());
                }
                if (found.size() > most || wrong.size() > most) {
                    wrong.add(new Wrong("recipients", "too_many_recipients", Integer.toString(most)));
                    return List.of();
                }
            }
        }
        if (found.isEmpty() && wrong.isEmpty()) {
            wrong.add(new Wrong("recipients", "no_recipients", ""));
        }
        return List.copyOf(found.values());
    }

    /** With the number of each character that nobody would see: else the address shown as wrong looks right. */
    private static String shown(String word) {
        var shown = new StringBuilder();
        word.codePoints().limit(LONGEST_SHOWN).forEach(c -> {
            if (AddressText.isVisible(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append(String.format("[U+%04X]", c));
            }
        });
        return word.codePointCount(0, word.length()) > LONGEST_SHOWN ? shown.append('…').toString() : shown.toString();
    }

    /** The same addresses as by mail, but for a domain without a dot, which is half typed. */
    private static Optional<EmailAddress> address(String text) {
        return EmailAddress.parse(text).filter(a -> a.domain().indexOf('.') > 0);
    }

    /** The fields of the mail that will be composed, for rules that ask for them; {@code To} has a value for each recipient, as each gets a mail of its own. */
    Map<String, List<String>> headers(EmailAddress sender) {
        return Map.of("subject", List.of(subject), "from", List.of(sender.toString()), "to", recipients.stream().map(EmailAddress::toString).toList());
    }

    /** Whether some recipient's address needs SMTPUTF8 (RFC 6531). */
    boolean smtpUtf8() {
        return recipients.stream().anyMatch(a -> a.toString().chars().anyMatch(c -> c > 127));
    }
}
