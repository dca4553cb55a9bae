package sekisho.mailhook.mime.block;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import sekisho.mailhook.mime.html.Attributes;
import sekisho.mailhook.mime.html.HtmlScanner;

/**
 * What an HTML template must be: whole elements that leave the message around them as it is, load nothing, hide nothing, and show the link
 * once as something to click and once as text.
 */
final class HtmlTemplateCheck implements HtmlScanner.Events {

    private static final Set<String> ELEMENTS = Set.of("a", "b", "br", "center", "code", "dd", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4",
            "hr", "i", "li", "ol", "p", "small", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "u", "ul");
    private static final Set<String> VOID = Set.of("br", "hr");
    private static final Set<String> ATTRIBUTES = Set.of("align", "aria-hidden", "aria-label", "bgcolor", "border", "cellpadding", "cellspacing", "class",
            "color", "colspan", "dir", "face", "height", "href", "lang", "role", "rowspan", "size", "style", "title", "valign", "width");
    private static final Set<String> ROOMS = Set.of("", "td", "th", "div", "li", "dd", "center");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\s*([^\\s=/>]+)(?:\\s*=\\s*(\"[^\"]*\"|'[^']*'|[^\\s\"'>]+))?|\\s*/\\s*$|\\s+$");
    private static final Pattern STYLE = Pattern.compile("url\\s*\\(|expression|[\\\\@{}]|position\\s*:|display\\s*:\\s*none|visibility\\s*:|"
            + "opacity\\s*:\\s*0|font-size\\s*:\\s*0|/\\*");

    private final String file;
    private final byte[] octets;
    private final Deque<String> open = new ArrayDeque<>();
    private final StringBuilder shown = new StringBuilder();
    private int links;
    private int texts;

    private HtmlTemplateCheck(String file, String text) {
        this.file = file;
        this.octets = text.getBytes(StandardCharsets.UTF_8);
    }

    /** @param text the file as it was written, placeholders and all */
    static void check(String file, String text) {
        var check = new HtmlTemplateCheck(file, text);
        var scanner = new HtmlScanner(check, false);
        scanner.accept(check.octets, 0, check.octets.length);
        check.end(scanner);
    }

    private void end(HtmlScanner scanner) {
        int last = line(octets.length);
        textEnds(octets.length);
        if (!scanner.isInText()) {
            throw new FaultyTemplateException(file, last, "a tag that doesn't end");
        }
        if (!open.isEmpty()) {
            throw new FaultyTemplateException(file, last, "<" + open.peek() + "> is not closed");
        }
        if (links != 1) {
            throw new FaultyTemplateException(file, links == 0 ? 1 : last, links == 0 ? "there is no <a href=\"{link}\">; without it nobody gets the files"
                    : "more than one <a href=\"{link}\">; one is enough, and more look like advertising");
        }
        if (texts != 1) {
            throw new FaultyTemplateException(file, texts == 0 ? 1 : last, "the text shows {link} " + (texts == 0 ? "nowhere; show it once, so that readers see "
                    + "where they are led" : "more than once"));
        }
    }

    @Override
    public void tag(String name, boolean closing, Attributes attributes, long start, long end) {
        textEnds(start);
        int line = line(start);
        if (!ELEMENTS.contains(name)) {
            throw new FaultyTemplateException(file, line, "<" + name + "> is not for a block within a message");
        }
        if (closing) {
            if (open.isEmpty() || !open.pop().equals(name)) {
                throw new FaultyTemplateException(file, line, "</" + name + "> closes something else, or nothing");
            }
            return;
        }
        attributes(name, attributes.written(), line);
        if (!VOID.contains(name)) {
            open.push(name);
        }
    }

    private void attributes(String element, String attributes, int line) {
        Matcher each = ATTRIBUTE.matcher(attributes);
        var seen = new HashSet<String>();
        int at = 0;
        while (at < attributes.length()) {
            if (!each.find() || each.start() != at) {
                throw new FaultyTemplateException(file, line, "attributes of <" + element + "> that can't be read");
            }
            at = each.end();
            if (each.group(1) != null) {
                String name = each.group(1).toLowerCase(Locale.ROOT);
                String value = each.group(2) == null ? "" : each.group(2).replaceAll("^[\"']|[\"']$", "");
                if (!seen.add(name)) {
                    throw new FaultyTemplateException(file, line, "two attributes " + name);
                }
                attribute(element, name, value, line);
            }
        }
    }

    private void attribute(String element, String name, String value, int line) {
        if (!ATTRIBUTES.contains(name)) {
            throw new FaultyTemplateException(file, line, "the attribute " + name + " is not for a block within a message");
        }
        if (name.equals("href")) {
            if (!element.equals("a") || !value.equals("{link}")) {
                throw new FaultyTemplateException(file, line, "the only address is href=\"{link}\" of an <a>");
            }
            links++;
        } else if (value.indexOf('{') >= 0) {
            throw new FaultyTemplateException(file, line, "a placeholder in the attribute " + name + "; they stand in text, and {link} in href");
        } else if (name.equals("style") && STYLE.matcher(value.toLowerCase(Locale.ROOT)).find()) {
            throw new FaultyTemplateException(file, line, "a style that loads, moves or hides something");
        }
    }

    @Override
    public void comment(String head, String tail, long end) {
        throw new FaultyTemplateException(file, line(end - 1), "a comment; nobody sees it");
    }

    @Override
    public void text(byte octet, long at) {
        shown.append((char) (octet & 0xFF));
    }

    private void textEnds(long at) {
        for (int found = shown.indexOf("{link}"); found >= 0; found = shown.indexOf("{link}", found + 1)) {
            texts++;
        }
        boolean files = shown.indexOf("{files}") >= 0 || shown.indexOf("{files-") >= 0;
        String inside = open.isEmpty() ? "" : open.peek();
        if (files && !ROOMS.contains(inside)) {
            throw new FaultyTemplateException(file, line(at), "{files} is a list; it can't stand in <" + inside + ">");
        }
        shown.setLength(0);
    }

    private int line(long at) {
        return Template.lineOf(new String(octets, StandardCharsets.ISO_8859_1), (int) at);
    }
}
