package sekisho.mailhook.mime.rewrite;

import java.util.Locale;

/**
 * Finds where in an HTML text, as its octets stream by, something can be put so that it is shown first: behind the
 * {@code <body>} tag, else behind {@code </head>}, the {@code <html>} tag or the doctype. Comments, scripts and styles
 * are passed over; what a {@code <body>} in them says is no tag.
 */
final class BodyTagFinder {

    private enum State { TEXT, TAG, QUOTED, COMMENT, RAW }

    private final StringBuilder tag = new StringBuilder();
    private State state = State.TEXT;
    private byte quote;
    private int dashes;
    private String rawEnd = "";
    private long seen;
    private long place;
    private boolean found;

    /** @return whether the search is over */
    boolean accept(byte[] b, int off, int len) {
        for (int i = off; i < off + len && !found; i++) {
            seen++;
            octet(b[i]);
        }
        return found;
    }

    /** The place, in octets from the start. */
    long place() {
        return place;
    }

    private void octet(byte b) {
        switch (state) {
            case TEXT -> {
                if (b == '<') {
                    tag.setLength(0);
                    state = State.TAG;
                }
            }
            case TAG -> {
                if (b == '>') {
                    state = State.TEXT;
                    tagEnds(tag.toString().toLowerCase(Locale.ROOT));
                } else if ((b == '"' || b == '\'') && tag.indexOf("=") >= 0) {
                    quote = b;
                    state = State.QUOTED;
                } else if (tag.length() < 64) {
                    tag.append((char) (b & 0xFF));
                    if (tag.length() == 3 && tag.toString().equals("!--")) {
                        dashes = 0;
                        state = State.COMMENT;
                    }
                } else if (b == '=') {
                    tag.setCharAt(63, '=');
                }
            }
            case QUOTED -> {
                if (b == quote) {
                    state = State.TAG;
                }
            }
            case COMMENT -> {
                if (b == '>' && dashes >= 2) {
                    state = State.TEXT;
                }
                dashes = b == '-' ? dashes + 1 : 0;
            }
            case RAW -> {
                tag.append((char) (b & 0xFF));
                if (tag.length() > 64) {
                    tag.delete(0, 32);
                }
                if (b == '>' && tag.toString().toLowerCase(Locale.ROOT).contains(rawEnd)) {
                    state = State.TEXT;
                }
            }
        }
    }

    private void tagEnds(String text) {
        String name = name(text);
        switch (name) {
            case "body" -> {
                place = seen;
                found = true;
            }
            case "html", "!doctype", "/head", "?xml" -> place = seen;
            case "script", "style", "title", "textarea", "noscript", "template", "xmp" -> {
                tag.setLength(0);
                rawEnd = "</" + name;
                state = State.RAW;
            }
            default -> { }
        }
    }

    private static String name(String text) {
        int to = text.startsWith("/") ? 1 : 0;
        while (to < text.length() && text.charAt(to) > ' ' && text.charAt(to) != '/') {
            to++;
        }
        return text.substring(0, to);
    }
}
