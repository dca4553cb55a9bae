package sekisho.tests.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import sekisho.embedded.Escaped;
import sekisho.tests.ScriptedSmartHost.Transaction;

/**
 * What the smart host was given for one recipient, read by a parser that is not ours. What a case can say of it:
 * <pre>
 * unchanged                      the message octet for octet, behind our own trace fields
 * unchanged without: [Bcc]       the same, without these fields of its header
 * link                           the link stands once in every alternative
 * link before: words             and in front of these words in each text that has it
 * link behind: words             and behind them
 * no link
 * quotes                         the link that the message quotes ({@link Quoted}) stands once in every alternative; those before mean others
 * no file                        no run of any file's octets, in whatever encoding
 * parts: multipart/mixed(text/plain, text/html)
 * has: text, lacks: text         octets, written as in {@link Escaped}
 * shows: text, hides: text       in a decoded text of the message, HTML as a reader sees it
 * keeps: [from, to]              the octets of the original from the first of the one to the last of the other
 * subject: text                  decoded
 * field: "Name: value"           a whole field of the header, once, unfolded
 * charset: utf-8                 of the first text
 * mail: text, rcpt: text         what stands in the commands of the envelope
 * way: BDAT                      how the text came
 * </pre>
 *
 * @param original the message as it was sent
 * @param files    the content of each file that was found
 * @param link     how a link to us begins
 * @param quoted   what the message may quote
 */
record Arrival(String recipient, Transaction transaction, byte[] original, List<byte[]> files, String link, Quoted quoted) {

    /** Shorter runs occur by chance: two headers have as much in common. */
    private static final int RUN = 48;
    private static final Pattern OURS = Pattern.compile("(?s)Received: from .*?\\s+by sekisho\\.example\\.co\\.jp \\(Sekisho\\) .*|X-Sekisho-.*");

    void hold(Case.Check check) {
        try {
            hold(check.name(), check.value());
        } catch (IOException | MessagingException unreadable) {
            throw new AssertionError("what arrived can't be read", unreadable);
        }
    }

    private void hold(String name, Object value) throws IOException, MessagingException {
        switch (name) {
            case "unchanged" -> unchanged(List.of());
            case "unchanged without" -> unchanged(Case.list(value).stream().map(Object::toString).toList());
            case "link" -> assertThat(shown(message(), this::ofLinks)).as("how often the link is shown").isEqualTo(1);
            case "link before" -> linkBefore(value.toString());
            case "link behind" -> linkBehind(value.toString());
            case "no link" -> assertThat(shown(message(), this::ofLinks)).as("how often the link is shown").isZero();
            case "quotes" -> {
                assertThat(quoted.link()).as("the quoted link").isNotEmpty();
                assertThat(shown(message(), text -> occurrences(text, quoted.link()))).as("how often the quoted link is shown").isEqualTo(1);
            }
            case "no file" -> noFile();
            case "parts" -> assertThat(parts(message())).isEqualTo(value.toString());
            case "has" -> assertThat(transaction.text()).contains(escaped(value));
            case "lacks" -> assertThat(transaction.text()).doesNotContain(escaped(value));
            case "shows" -> assertThat(texts(message())).as("texts").anySatisfy(text -> assertThat(text).contains(value.toString()));
            case "hides" -> assertThat(texts(message())).as("texts").noneMatch(text -> text.contains(value.toString()));
            case "keeps" -> keeps(escaped(Case.list(value).getFirst()), escaped(Case.list(value).getLast()));
            case "subject" -> assertThat(message().getSubject()).contains(value.toString());
            case "field" -> assertThat(fields(transaction.text())).filteredOn(field -> unfolded(field).equals(escaped(value))).as("field " + value).hasSize(1);
            case "charset" -> assertThat(charsetOf(firstText(message()))).isEqualTo(value.toString());
            case "mail" -> assertThat(transaction.mail()).contains(value.toString());
            case "rcpt" -> assertThat(transaction.rcpt(recipient)).contains(value.toString());
            case "way" -> assertThat(transaction.way()).isEqualTo(value.toString());
            default -> fail("no such check: " + name);
        }
    }

    private static String escaped(Object value) {
        return new String(Escaped.octets(value.toString()), StandardCharsets.ISO_8859_1);
    }

    private void unchanged(List<String> without) {
        var expected = new String(original, StandardCharsets.ISO_8859_1);
        for (var field : fields(expected)) {
            if (without.stream().anyMatch(name -> field.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))) {
                expected = expected.replaceFirst(Pattern.quote(field), "");
            }
        }
        var arrived = transaction.text();
        if (!arrived.endsWith(expected)) {
            assertThat(arrived).as("the message, behind what we put in front").isEqualTo(expected);
        }
        var front = fields(arrived.substring(0, arrived.length() - expected.length()));
        assertThat(front).as("our own fields").allMatch(field -> OURS.matcher(field).matches());
        assertThat(front).as("our Received field").filteredOn(field -> field.startsWith("Received:")).hasSize(1);
    }

    /** How often a reader of the part sees what is counted, whichever alternative is shown. */
    private static int shown(MimePart part, ToIntFunction<String> count) throws IOException, MessagingException {
        if (!(content(part) instanceof MimeMultipart multipart)) {
            return isText(part) ? count.applyAsInt(text(part)) : 0;
        }
        int sum = 0;
        int most = 0;
        for (int i = 0; i < multipart.getCount(); i++) {
            int below = shown((MimePart) multipart.getBodyPart(i), count);
            sum += below;
            most = Math.max(most, below);
        }
        if (!part.isMimeType("multipart/alternative")) {
            return sum;
        }
        for (int i = 0; most > 0 && i < multipart.getCount(); i++) {
            var child = (MimePart) multipart.getBodyPart(i);
            if (child.isMimeType("text/*") && !child.isMimeType("text/calendar") || child.isMimeType("multipart/*")) {
                assertThat(shown(child, count)).as("the link in the alternative " + child.getContentType()).isEqualTo(most);
            }
        }
        return most;
    }

    /** Links that are new. */
    private int ofLinks(String text) {
        return occurrences(text, link) - (quoted.link().isEmpty() ? 0 : occurrences(text, quoted.link()));
    }

    private static int occurrences(String text, String wanted) {
        int count = 0;
        for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
            count++;
        }
        return count;
    }

    private void linkBefore(String words) throws IOException, MessagingException {
        for (var text : textsWithTheLink()) {
            int first = text.indexOf(link);
            assertThat(text.indexOf(words)).as("the words behind the link in: " + text).isGreaterThan(first);
            assertThat(quoted.link().isEmpty() || !text.startsWith(quoted.link(), first)).as("the new link is the first in: " + text).isTrue();
        }
    }

    private void linkBehind(String words) throws IOException, MessagingException {
        for (var text : textsWithTheLink()) {
            assertThat(text).contains(words);
            assertThat(text.lastIndexOf(words)).as("the words before the link in: " + text).isLessThan(text.indexOf(link));
        }
    }

    private List<String> textsWithTheLink() throws IOException, MessagingException {
        assertThat(shown(message(), this::ofLinks)).as("how often the link is shown").isEqualTo(1);
        return texts(message()).stream().filter(text -> ofLinks(text) > 0).toList();
    }

    private void noFile() throws IOException, MessagingException {
        var places = new ArrayList<String>();
        places.add(transaction.text());
        places.add(transaction.text().replaceAll("\\s", ""));
        for (var leaf : leaves(message())) {
            places.add(new String(leaf.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
        }
        for (byte[] file : files) {
            var runs = new HashSet<String>();
            addRuns(new String(file, StandardCharsets.ISO_8859_1), runs);
            addRuns(Base64.getEncoder().encodeToString(file), runs);
            for (var place : places) {
                for (int at = 0; at + RUN <= place.length(); at++) {
                    assertThat(runs.contains(place.substring(at, at + RUN))).as("octets of a file at " + at + " of what arrived").isFalse();
                }
            }
        }
    }

    /** Runs that say something: a line of dashes or zeros proves nothing. */
    private static void addRuns(String text, Set<String> runs) {
        for (int at = 0; at + RUN <= text.length(); at++) {
            var run = text.substring(at, at + RUN);
            if (run.chars().distinct().count() > 8) {
                runs.add(run);
            }
        }
    }

    private void keeps(String from, String to) {
        var text = new String(original, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(from, to);
        assertThat(transaction.text()).as("kept octet for octet").contains(text.substring(text.indexOf(from), text.lastIndexOf(to) + to.length()));
    }

    MimeMessage message() throws MessagingException {
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(transaction.octets()));
    }

    private static Object content(MimePart part) throws IOException, MessagingException {
        return part.isMimeType("multipart/*") ? part.getContent() : "";
    }

    private static String parts(MimePart part) throws IOException, MessagingException {
        var type = part.getContentType().replaceFirst("(?s)[;\\s].*", "").toLowerCase(Locale.ROOT);
        if (!(content(part) instanceof MimeMultipart multipart)) {
            return type;
        }
        var below = new ArrayList<String>();
        for (int i = 0; i < multipart.getCount(); i++) {
            below.add(parts((MimePart) multipart.getBodyPart(i)));
        }
        return type + "(" + String.join(", ", below) + ")";
    }

    static List<MimePart> leaves(MimePart part) throws IOException, MessagingException {
        var leaves = new ArrayList<MimePart>();
        if (content(part) instanceof MimeMultipart multipart) {
            for (int i = 0; i < multipart.getCount(); i++) {
                leaves.addAll(leaves((MimePart) multipart.getBodyPart(i)));
            }
        } else {
            leaves.add(part);
        }
        return leaves;
    }

    private static boolean isText(MimePart part) throws MessagingException {
        return part.isMimeType("text/plain") || part.isMimeType("text/html");
    }

    private static MimePart firstText(MimePart part) throws IOException, MessagingException {
        for (var leaf : leaves(part)) {
            if (isText(leaf)) {
                return leaf;
            }
        }
        throw new AssertionError("no text arrived");
    }

    private static List<String> texts(MimePart part) throws IOException, MessagingException {
        var texts = new ArrayList<String>();
        for (var leaf : leaves(part)) {
            if (isText(leaf)) {
                texts.add(text(leaf));
            }
        }
        return texts;
    }

    private static String text(MimePart part) throws IOException, MessagingException {
        var text = decoded(part);
        return part.isMimeType("text/html") ? Jsoup.parse(text).text() : text;
    }

    static String decoded(MimePart part) throws IOException, MessagingException {
        var name = Map.of("iso-2022-jp", "x-windows-iso2022jp", "shift_jis", "windows-31j").getOrDefault(charsetOf(part), charsetOf(part));
        return new String(part.getInputStream().readAllBytes(), Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.ISO_8859_1);
    }

    private static String charsetOf(MimePart part) {
        try {
            var type = new jakarta.mail.internet.ContentType(part.getContentType());
            return type.getParameter("charset") == null ? "us-ascii" : type.getParameter("charset").toLowerCase(Locale.ROOT);
        } catch (MessagingException unreadable) {
            return "us-ascii";
        }
    }

    /** The fields of the header, each with its folds and its line end. */
    private static List<String> fields(String text) {
        var fields = new ArrayList<String>();
        for (var line : text.split("(?<=\r\n)")) {
            if (line.equals("\r\n")) {
                break;
            }
            if ((line.startsWith(" ") || line.startsWith("\t")) && !fields.isEmpty()) {
                fields.set(fields.size() - 1, fields.getLast() + line);
            } else {
                fields.add(line);
            }
        }
        return fields;
    }

    private static String unfolded(String field) {
        return field.replace("\r\n", "");
    }
}
