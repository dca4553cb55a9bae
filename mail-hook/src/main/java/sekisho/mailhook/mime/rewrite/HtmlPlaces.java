package sekisho.mailhook.mime.rewrite;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import sekisho.mailhook.mime.codec.OctetConsumer;
import sekisho.mailhook.mime.html.Attributes;
import sekisho.mailhook.mime.html.HtmlScanner;
import sekisho.mailhook.mime.html.Quotes;

/**
 * Finds the places of an HTML text where something is shown whoever reads it: browsers, and Word, in whose comments
 * ({@code <!--[if mso]>}) things are shown, and which doesn't see what stands between {@code <!--[if !mso]><!-->} and
 * {@code <!--<![endif]-->}.
 */
final class HtmlPlaces implements OctetConsumer, HtmlScanner.Events {

    /** A body tag behind more text than this belongs to something that was appended. */
    private static final int SHOWN_BEFORE_BODY = 200;
    private static final int MOST_OPEN = 200;
    private static final Set<String> OF_HEAD = Set.of("base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "script", "style",
            "template", "title");
    private static final Set<String> CONTAINERS = Set.of("table", "tbody", "thead", "tfoot", "tr", "td", "th", "ul", "ol", "li", "dl", "dd",
            "select", "a", "button", "svg", "math", "object", "video", "audio");
    private static final Set<String> VOID = Set.of("area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
            "meta", "param", "source", "track", "wbr");
    private static final Set<String> ROOMS = Set.of("td", "th", "li", "dd");
    /** Fixed words alone: it is looked for at each octet of a value that somebody else wrote. */
    private static final Pattern SIGNATURE = Pattern.compile("(?<![a-z0-9_-])(?:moz-signature|gmail_signature(?:_prefix)?|signature|ms-outlook-mobile-signature)"
            + "(?![a-z0-9_-])");
    /** Words of a style with which nothing of an element is seen, as those of the line that mail programs show beside the subject. */
    private static final Pattern HIDING = Pattern.compile("(?<![a-z-])(?:display:none|visibility:(?:hidden|collapse)|mso-hide:all|(?:opacity|font-size|max-height):0(?![.0-9]))");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Set<String> FOLDING = Set.of("details", "dialog");
    private static final List<String> NAMING = List.of("class", "id", "data-smartmail");

    private final HtmlScanner scanner;
    private final Deque<String> open = new ArrayDeque<>();
    private long top;
    private boolean bodySeen;
    private long implied = -1;
    private final Deque<String> sinceImplied = new ArrayDeque<>();   // what was opened since the body began without a tag
    private boolean folded;   // a body tag stands in something that is open, which may hide all of it; to browsers it is none
    private long shown;
    private boolean unseenByWord;
    private boolean topWaits;
    private long bodyEnd = -1;
    private long htmlEnd = -1;
    private long signature = -1;
    private boolean quoting;
    private String hiding = "";   // the outermost element that is open and shows nothing
    private int hidden;           // so many of that name are open in it, itself included
    private long textStart = -1;
    private final StringBuilder text = new StringBuilder();
    private int boms;

    HtmlPlaces(boolean iso2022) {
        this.scanner = new HtmlScanner(this, iso2022);
    }

    @Override
    public void accept(byte[] b, int off, int len) {
        scanner.accept(b, off, len);
    }

    Gap place(Place place) {
        Gap start = new Gap(bodySeen || implied < 0 ? top : implied, false, false, true, false);
        return folded ? start : switch (place) {
            case TOP -> start;
            case BEFORE_SIGNATURE -> signature < 0 ? start : new Gap(signature, false, false, true, false);
            case BOTTOM -> {
                long end = bodyEnd >= 0 ? bodyEnd : htmlEnd >= 0 ? htmlEnd : scanner.isInText() && !unseenByWord && hidden == 0 ? scanner.octets() : -1;
                yield end < start.at() ? start : new Gap(end, end == scanner.octets(), false, true, end == scanner.octets() && scanner.isShifted());
            }
        };
    }

    @Override
    public void tag(String name, boolean closing, Attributes attributes, long start, long end) {
        if (!bodySeen && implied < 0 || name.equals("body")) {
            beforeBody(name, closing, start, end);
        }
        if (closing && !unseenByWord) {
            switch (name) {
                case "body" -> bodyEnd = hidden > 0 ? 0 : start;
                case "html" -> htmlEnd = hidden > 0 ? 0 : start;
                default -> { }
            }
        }
        look(name, closing, attributes, start);
        track(name, closing);
        trackHidden(name, closing, attributes);
        if (implied >= 0 && !bodySeen) {
            trackImplied(name, closing);
        }
        text.setLength(0);
        textStart = -1;
    }

    private void beforeBody(String name, boolean closing, long start, long end) {
        if (name.equals("body") && !closing) {
            folded |= !bodySeen && !sinceImplied.isEmpty();
            if (!bodySeen && shown < SHOWN_BEFORE_BODY && !folded) {
                bodySeen = true;
                putTop(end);
            }
        } else if (name.equals("html") || name.equals("head")) {
            top = closing && name.equals("html") ? top : end;
        } else if (!closing && !OF_HEAD.contains(name) && implied < 0) {
            imply(start);
        }
    }

    /** What is no part of a head begins the body (HTML standard §13.2.6.4.6). */
    private void imply(long at) {
        implied = unseenByWord ? top : at;
    }

    private void putTop(long at) {
        if (unseenByWord) {
            topWaits = true;   // until Word reads on
        }
        top = at;
    }

    /** Only an end in good order counts: behind any other, browsers may open anew what was closed, or leave it open. */
    private void trackImplied(String name, boolean closing) {
        if (closing) {
            if (name.equals(sinceImplied.peek()) && sinceImplied.size() < MOST_OPEN) {
                sinceImplied.pop();
            }
        } else if (!VOID.contains(name) && !name.equals("html") && !name.equals("head") && !name.equals("body") && sinceImplied.size() < MOST_OPEN) {
            sinceImplied.push(name);
        }
    }

    private void look(String name, boolean closing, Attributes attributes, long start) {
        if (signature >= 0 || quoting || unseenByWord || hidden > 0 || !bodySeen && implied < 0) {
            return;
        }
        boolean roomy = open.size() < MOST_OPEN && (open.isEmpty() || ROOMS.contains(open.peek()));
        boolean ends = name.equals("br") || closing && (name.equals("div") || name.equals("p"));
        String line = text.toString().strip();
        if (!closing && Quotes.begins(name, attributes)) {
            quoting = true;
        } else if (roomy && !closing && NAMING.stream().map(attributes::value).anyMatch(HtmlPlaces::isSignature)) {
            signature = start;
        } else if (roomy && ends && textStart >= 0 && (line.equals("--") && text.charAt(text.length() - 1) == ' ' || line.equals("--&nbsp;"))) {
            signature = textStart;
        }
    }

    private static boolean isSignature(String value) {
        return !value.isEmpty() && SIGNATURE.matcher(value.toLowerCase(Locale.ROOT)).find();
    }

    private void track(String name, boolean closing) {
        if (!CONTAINERS.contains(name)) {
            return;
        }
        if (!closing) {
            if (open.size() < MOST_OPEN) {
                open.push(name);
            }
        } else if (open.contains(name)) {
            while (!open.pop().equals(name)) {
                // left open inside
            }
        }
    }

    /** Of an element that isn't closed in good order nothing is known to be shown. */
    private void trackHidden(String name, boolean closing, Attributes attributes) {
        if (hidden > 0) {
            hidden += !name.equals(hiding) ? 0 : closing ? -1 : 1;
        } else if (!closing && !VOID.contains(name) && !name.equals("html") && !name.equals("body") && hides(name, attributes)) {
            hiding = name;
            hidden = 1;
        }
    }

    private static boolean hides(String name, Attributes attributes) {
        String style = attributes.value("style");
        return attributes.values().containsKey("hidden") || FOLDING.contains(name) && !attributes.values().containsKey("open")
                || !style.isEmpty() && HIDING.matcher(BLANKS.matcher(style.toLowerCase(Locale.ROOT)).replaceAll("")).find();
    }

    @Override
    public void comment(String head, String tail, long end) {
        String said = head.strip().toLowerCase(Locale.ROOT);
        if (!bodySeen && implied < 0 && (said.startsWith("doctype") || said.startsWith("?xml"))) {
            top = end;
        }
        boolean begins = said.startsWith("[if");
        boolean ends = tail.toLowerCase(Locale.ROOT).contains("[endif]");
        if (begins && !ends) {
            unseenByWord = said.contains("!mso") || said.contains("!vml") || said.contains("!ie") || !said.contains("mso");
        } else if (ends && !begins) {
            unseenByWord = false;
            if (topWaits) {
                topWaits = false;
                top = end;
            }
        }
    }

    @Override
    public void text(byte octet, long at) {
        if (at < 3 && (octet & 0xFF) == new int[] {0xEF, 0xBB, 0xBF}[(int) at] && boms == at) {
            boms++;
            if (boms == 3) {
                top = 3;
            }
            return;
        }
        boolean blank = octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n' || octet == '\f';
        if (!blank) {
            shown++;
            if (!bodySeen && implied < 0) {
                imply(at);
            }
        }
        if (textStart < 0 && !blank) {
            textStart = at;
        }
        if (textStart >= 0 && text.length() < 16) {
            text.append((char) (octet & 0xFF));
        }
    }
}
