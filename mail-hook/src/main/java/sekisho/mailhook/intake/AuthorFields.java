package sekisho.mailhook.intake;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import sekisho.gateway.people.AddressText;
import sekisho.gateway.people.EmailAddress;
import sekisho.mailhook.mime.header.EncodedWords;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.smtp.Submitter;

/**
 * Who a message says it is from: its authors (RFC 5322 §3.6.2), its sender, and who sent it again (§3.6.6), bound to who signed in (RFC 6409 §8.1).
 * The fields are read strictly: of what mail programs could read in different ways, such as groups, routes, or brackets in comments and
 * encoded words, nothing is taken for an author. Nor may another's address, or what a reader can't tell from
 * one, stand where a program shows it as the name of one.
 */
final class AuthorFields {

    /** In lower case. */
    static final Set<String> NAMES = Set.of("from", "sender", "resent-from", "resent-sender");
    /**
     * What a reader takes for an address, in a name, a comment or an encoded word. Without a dot it is none: a company's people write name@department.
     * It is looked for where a word begins and nowhere inside of one, so each word is read once: a field may be long.
     */
    private static final Pattern SHOWN = Pattern.compile("(?<![^\\s<>()\\[\\],;:\"'\\\\@])[^\\s<>()\\[\\],;:\"'\\\\@]++@[^\\s<>()\\[\\],;:\"'\\\\@]+"
            + "\\.[^\\s<>()\\[\\],;:\"'\\\\@.]++");

    /** What whoever doesn't decode a name takes for an address. */
    private static final Pattern BRACKETS = Pattern.compile("<([^<>@]*+@[^<>]*+)>");
    private static final int IDEOGRAPHIC_FULL_STOP = 0x3002;
    /** The last line of every refusal for the sake of these fields. */
    static final String ADVICE = "Choose an address of your own as the sender in your mail program, or ask your IT department.";

    private enum Kind { WORD, AT, LESS, GREATER }

    private record Token(Kind kind, String text) {
    }

    private final String text;
    private final List<EmailAddress> addresses = new ArrayList<>();
    private List<Token> mailbox = new ArrayList<>();
    private int at;

    private AuthorFields(String text) {
        this.text = text;
    }

    /**
     * @param values of all fields of a name, one char for each octet
     * @throws RefusedException unless there is one From field and every address in it and in the others is the submitter's
     */
    static void requireOwn(Function<String, List<String>> values, Submitter submitter) throws RefusedException {
        int authors = values.apply("from").size();
        if (authors != 1) {
            throw refused("the message needs one From field, not " + authors);
        }
        for (var name : NAMES) {
            for (var value : values.apply(name)) {
                requireOwn(name, value, submitter);
            }
        }
    }

    private static void requireOwn(String name, String value, Submitter submitter) throws RefusedException {
        var named = addresses(value).orElseThrow(() -> refused("the " + name + " field can't be understood: write it as Name <address>"));
        for (var address : named) {
            if (!submitter.maySendAs(address)) {
                throw refused("this account may not send as " + address + ", which stands in the " + name + " field");
            }
        }
    }

    private static RefusedException refused(String why) {
        return new RefusedException(new SmtpReply(550, "5.7.1", List.of(why, ADVICE)));
    }

    /** Every address that a reader could take for an author; empty when the value isn't a list of mailboxes. Never an empty list. */
    static Optional<List<EmailAddress>> addresses(String value) {
        if (RawJapanese.isIn(value)) {
            return RawJapanese.decode(value).filter(text -> !hasControls(text)).flatMap(text -> addresses(text, text))
                .filter(found -> RawJapanese.undecoded(value).flatMap(AuthorFields::shown).allMatch(found::contains)
                    && RawJapanese.undecoded(value).flatMap(text -> BRACKETS.matcher(text).results()).allMatch(bracket -> isOneOf(found, bracket.group(1))));
        }
        var decoded = EncodedWords.decode(value);
        if (hasControls(decoded) || count(decoded) != count(value)) {
            return Optional.empty();
        }
        return addresses(new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8), decoded);
    }

    private static Optional<List<EmailAddress>> addresses(String text, String decoded) {
        var field = new AuthorFields(text);
        if (!field.read()) {
            return Optional.empty();
        }
        var all = new LinkedHashSet<>(field.addresses);
        for (var word : SHOWN.matcher(asShown(decoded)).results().map(MatchResult::group).toList()) {
            var address = EmailAddress.parse(bare(word)).or(() -> EmailAddress.parse(word));
            if (address.isEmpty()) {
                return Optional.empty();   // an address to a reader, and none that can be the submitter's
            }
            all.add(address.get());
        }
        return Optional.of(List.copyOf(all));
    }

    /** Without what nobody sees, and with the full stop and the at sign that Japanese is written with as those of an address. */
    private static String asShown(String decoded) {
        var shown = new StringBuilder(decoded.length());
        Normalizer.normalize(decoded, Normalizer.Form.NFKC).codePoints().forEach(c -> {
            if (c == '\t' || Character.isSpaceChar(c)) {
                shown.append(' ');
            } else if (AddressText.isVisible(c)) {
                shown.appendCodePoint(c == IDEOGRAPHIC_FULL_STOP ? '.' : c);
            }
        });
        return shown.toString();
    }

    /** Without the marks and brackets that a name may put around an address, or between itself and one. */
    private static String bare(String word) {
        int from = word.lastIndexOf('@');
        while (from > 0 && (word.codePointBefore(from) < 128 || Character.isLetterOrDigit(word.codePointBefore(from)))) {
            from = word.offsetByCodePoints(from, -1);
        }
        int to = word.length();
        while (to > from && !Character.isLetterOrDigit(word.codePointBefore(to))) {
            to = word.offsetByCodePoints(to, -1);
        }
        return word.substring(from, to);
    }

    private static Stream<EmailAddress> shown(String text) {
        return SHOWN.matcher(text).results().flatMap(shown -> EmailAddress.parse(shown.group()).stream());
    }

    private static boolean isOneOf(List<EmailAddress> found, String written) {
        return EmailAddress.parse(written.strip()).filter(found::contains).isPresent();
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7F);
    }

    private static long count(String value) {
        return value.chars().filter(c -> c == '<').count();
    }

    private boolean read() {
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean understood = switch (c) {
                case ' ', '\t' -> skip();
                case '(' -> comment();
                case '"' -> quoted();
                case '@' -> token(Kind.AT);
                case '<' -> token(Kind.LESS);
                case '>' -> token(Kind.GREATER);
                case ',' -> skip() && mailboxEnds();
                case ')', ';', ':', '[', ']', '\\' -> false;
                default -> atom();
            };
            if (!understood) {
                return false;
            }
        }
        return mailboxEnds();
    }

    private boolean skip() {
        at++;
        return true;
    }

    private boolean token(Kind kind) {
        mailbox.add(new Token(kind, text.substring(at, at + 1)));
        return skip();
    }

    private boolean comment() {
        int depth = 0;
        do {
            switch (text.charAt(at)) {
                case '(' -> depth++;
                case ')' -> depth--;
                case '\\' -> at++;
                case '<', '@' -> {
                    return false;
                }
                default -> { }
            }
            at++;
        } while (depth > 0 && at < text.length());
        return depth == 0;
    }

    private boolean quoted() {
        int start = at++;
        while (at < text.length() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= text.length()) {
            return false;
        }
        at++;
        var word = text.substring(start, at);
        mailbox.add(new Token(Kind.WORD, word));
        return word.indexOf('<') < 0 || word.indexOf('@') < 0;
    }

    private boolean atom() {
        int start = at;
        while (at < text.length() && " \t()<>@,;:\\\"[]".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        mailbox.add(new Token(Kind.WORD, text.substring(start, at)));
        return true;
    }

    /** Whether it is an address, or a name and an address in brackets. An address in the place of the name counts too. */
    private boolean mailboxEnds() {
        var tokens = mailbox;
        mailbox = new ArrayList<>();
        int less = tokens.stream().map(Token::kind).toList().indexOf(Kind.LESS);
        if (less < 0) {
            return address(tokens);
        }
        int last = tokens.size() - 1;
        if (tokens.get(last).kind() != Kind.GREATER || !address(tokens.subList(less + 1, last))) {
            return false;
        }
        for (int i = 0; i < less; i++) {
            boolean inside = i > 0 && i < less - 1;
            switch (tokens.get(i).kind()) {
                case WORD -> { }
                case AT -> {
                    if (!inside || !address(tokens.subList(i - 1, i + 2))) {
                        return false;
                    }
                }
                case LESS, GREATER -> {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean address(List<Token> tokens) {
        if (!tokens.stream().map(Token::kind).toList().equals(List.of(Kind.WORD, Kind.AT, Kind.WORD))) {
            return false;
        }
        // Outlook puts an address in apostrophes where it stands in the place of a name
        var written = (tokens.getFirst().text() + '@' + tokens.getLast().text()).replaceFirst("^'(.*)'$", "$1");
        var address = EmailAddress.parse(written);
        address.ifPresent(addresses::add);
        return address.isPresent();
    }
}
