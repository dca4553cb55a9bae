package sekisho.tests.mail;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document.OutputSettings;

/**
 * What the first send of a case became, as later messages of it may quote it: {@code {{text}}} is its text with {@code "> "} in front of
 * each line, {@code {{html}}} what stands in the body of its HTML; both in UTF-8.
 *
 * @param link the link in it; all are empty for a message that quotes nothing
 */
record Quoted(String link, String text, String html) {

    static final Quoted NOTHING = new Quoted("", "", "");
    private static final String TEXT = "{{text}}";
    private static final String HTML = "{{html}}";

    static Quoted of(Arrival first) throws IOException, MessagingException {
        var text = leaf(first, "text/plain");
        var link = Pattern.compile(Pattern.quote(first.link()) + "[A-Za-z0-9_-]{22}").matcher(text);
        assertThat(link.find()).as("a link to quote in: " + text).isTrue();
        return new Quoted(link.group(), text.lines().map(line -> "> " + line).collect(Collectors.joining("\r\n")),
            Jsoup.parse(leaf(first, "text/html")).outputSettings(new OutputSettings().prettyPrint(false)).body().html().replaceAll("\r?\n", "\r\n"));
    }

    private static String leaf(Arrival arrival, String type) throws IOException, MessagingException {
        for (var leaf : Arrival.leaves(arrival.message())) {
            if (leaf.isMimeType(type)) {
                return Arrival.decoded(leaf);
            }
        }
        return "";
    }

    static boolean isIn(byte[] message) {
        var octets = new String(message, StandardCharsets.ISO_8859_1);
        return octets.contains(TEXT) || octets.contains(HTML);
    }

    /** The message with what it quotes. */
    byte[] in(byte[] message) {
        return link.isEmpty() ? message : new String(message, StandardCharsets.ISO_8859_1).replace(TEXT, octets(text)).replace(HTML, octets(html))
            .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** One char for each octet of it in UTF-8. */
    private static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
