package sekisho.mailhook.mime;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.html.Attributes;
import sekisho.mailhook.mime.html.HtmlScanner;

/**
 * What an HTML body shows beside its text, as its decoded octets stream by: whether it is one of frames, and which images it names by
 * {@code cid:} (RFC 2392) where an attribute or a style sheet loads them. A reference in running text, in a comment, behind a link or in a
 * template shows nothing. Comments that Outlook reads ({@code <!--[if gte vml 1]>}) are HTML.
 */
final class HtmlBody implements HtmlScanner.Events {

    private static final int MAX_LENGTH = 900;   // as long as a line may be
    private static final int MAX_REFERENCES = 2_000;
    private static final Pattern IN_STYLE = Pattern.compile("url\\(\\s*+(?:[\"']\\s*+)?+cid:([^\"')\\s]++)", Pattern.CASE_INSENSITIVE);
    private static final Set<String> SHOW_SOURCE = Set.of("img", "image", "input", "source", "embed", "video");
    private static final String CONDITION = "[if";

    private final Set<String> references;
    private final HtmlScanner scanner;
    private final boolean wide;
    private final boolean iso2022;
    private final boolean nested;
    private final StringBuilder style = new StringBuilder();
    private final StringBuilder commentHead = new StringBuilder();
    private @Nullable HtmlScanner condition;
    private boolean bodySeen;
    private boolean frames;

    /**
     * @param wide    whether a character has two octets or four: the others of ASCII are zero
     * @param iso2022 see {@link HtmlScanner}
     */
    HtmlBody(boolean wide, boolean iso2022) {
        this(new HashSet<>(), wide, iso2022, false);
    }

    private HtmlBody(Set<String> references, boolean wide, boolean iso2022, boolean nested) {
        this.references = references;
        this.wide = wide;
        this.iso2022 = iso2022;
        this.nested = nested;
        this.scanner = new HtmlScanner(this, iso2022);
    }

    void accept(byte[] b, int off, int len) {
        if (!wide) {
            scanner.accept(b, off, len);
            return;
        }
        for (int i = off; i < off + len; i++) {
            if (b[i] != 0) {
                scanner.accept(b, i, 1);
            }
        }
    }

    /** Whether frames stand in place of a body: no text in it is shown. */
    boolean isOfFrames() {
        return frames;
    }

    /** Whether a place in it may be another to a browser than to us. */
    boolean isUnsure() {
        return scanner.isUnsure();
    }

    /** In the form of {@link #key}. */
    Set<String> references() {
        return references;
    }

    @Override
    public void tag(String name, boolean closing, Attributes attributes, long start, long end) {
        style.setLength(0);
        bodySeen |= name.equals("body");
        frames |= name.equals("frameset") && !bodySeen;
        if (!closing) {
            attributes.values().forEach((attribute, value) -> {
                if (value.toLowerCase(Locale.ROOT).contains("cid:")) {
                    attribute(name, attribute, value);
                }
            });
        }
    }

    private void attribute(String element, String name, String value) {
        switch (name) {
            case "src", "lowsrc" -> addIf(SHOW_SOURCE.contains(element) || element.startsWith("v:"), value);
            case "srcset" -> {
                for (String each : value.split(",")) {
                    addIf(element.equals("img") || element.equals("source"), each.strip().split("\\s")[0]);
                }
            }
            case "background" -> add(value);
            case "poster" -> addIf(element.equals("video"), value);
            case "data" -> addIf(element.equals("object"), value);
            case "href", "xlink:href" -> addIf(element.equals("image"), value);
            case "style" -> inStyle(value);
            default -> { }
        }
    }

    private void inStyle(String text) {
        Matcher m = IN_STYLE.matcher(text);
        while (m.find()) {
            add("cid:" + m.group(1));
        }
    }

    private void addIf(boolean shows, String url) {
        if (shows) {
            add(url);
        }
    }

    private void add(String url) {
        String text = url.strip();
        boolean isOne = text.regionMatches(true, 0, "cid:", 0, 4) && text.length() > 4 && text.length() <= 4 + MAX_LENGTH;
        if (isOne && references.size() < MAX_REFERENCES) {
            references.add(key(text.substring(4)));
        }
    }

    /** Style sheets are looked at a rule at a time. */
    @Override
    public void raw(String element, byte octet) {
        if (!element.equals("style")) {
            return;
        }
        style.append((char) (octet & 0xFF));
        if (octet == '}' || octet == ';' || style.length() >= HtmlScanner.ATTRIBUTES) {
            inStyle(style.toString());
            style.setLength(0);
        }
    }

    @Override
    public void commented(byte octet) {
        if (condition != null) {
            condition.accept(new byte[] {octet}, 0, 1);
        } else if (commentHead.length() < CONDITION.length()) {
            commentHead.append((char) (octet & 0xFF));
            if (!nested && commentHead.toString().equalsIgnoreCase(CONDITION)) {
                condition = new HtmlBody(references, false, iso2022, true).scanner;
            }
        }
    }

    @Override
    public void comment(String head, String tail, long end) {
        condition = null;
        commentHead.setLength(0);
    }

    @Override
    public void text(byte octet, long at) {
        // shows no image
    }

    /** The form in which a reference and a Content-ID are compared. */
    static String key(String id) {
        String text = id.strip();
        try {
            text = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException _) {
            // a stray % means itself
        }
        return text.toLowerCase(Locale.ROOT);
    }
}
