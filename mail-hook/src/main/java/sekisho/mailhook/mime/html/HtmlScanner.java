package sekisho.mailhook.mime.html;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.codec.OctetConsumer;

/**
 * Tells tags, comments and shown text of HTML apart, one octet at a time and in constant memory, by the rules of the HTML standard's
 * tokenizer (§13.2.5) as far as they decide what is shown: what a {@code <body>} in a comment, a script, a title or an attribute says is no
 * tag. The octets may be of any charset that extends ASCII.
 */
public final class HtmlScanner implements OctetConsumer {

    /** What is found. Places count octets from the start of the text. */
    public interface Events {
        /**
         * @param name       in lower case
         * @param start      where {@code <} stands
         * @param end        behind {@code >}
         */
        void tag(String name, boolean closing, Attributes attributes, long start, long end);

        /**
         * A comment, or what counts as one: a doctype, {@code <?…>}, {@code <![…]>}.
         *
         * @param head the first chars of what it says
         * @param tail the last chars of it
         * @param end  behind it
         */
        void comment(String head, String tail, long end);

        /** An octet that is shown, white space included. */
        void text(byte octet, long at);

        /** An octet of what stands between {@code <!--} and {@code -->}; {@link #comment} comes behind the last. */
        default void commented(byte octet) {
        }

        /** An octet between the tags of an element that is read as something else than HTML, such as {@code style}. */
        default void raw(String element, byte octet) {
        }
    }

    /** How much of the attributes of one tag is kept. */
    public static final int ATTRIBUTES = 4096;

    private static final int NAME = 32;
    private static final int SAID = 64;
    private static final String NEVER = "\0";
    private static final Set<String> RAW = Set.of("script", "style", "title", "textarea", "noscript", "template", "xmp", "iframe", "noembed",
            "noframes", "plaintext");

    /** In these, elements of {@link #RAW} are read as HTML or not at all; and when one is over, only a parser knows. */
    private static final Set<String> FOREIGN = Set.of("svg", "math", "select");

    private static final Events NOTHING = new Events() {
        @Override public void tag(String name, boolean closing, Attributes attributes, long start, long end) {
        }

        @Override public void comment(String head, String tail, long end) {
        }

        @Override public void text(byte octet, long at) {
        }
    };

    private enum State { TEXT, OPEN, CLOSE, NAME, ATTRIBUTES, DECLARATION, COMMENT, BOGUS, RAW }

    private final Events events;
    private final boolean iso2022;
    private final Shifts shifts = new Shifts();
    private final StringBuilder name = new StringBuilder();
    private final AttributeReader attributes = new AttributeReader();
    private final StringBuilder head = new StringBuilder();
    private final StringBuilder tail = new StringBuilder();
    private State state = State.TEXT;
    private boolean closing;
    private String rawName = "";
    private String rawEnd = "";
    private int rawSeen;
    private int rawAngles;
    private final ScriptText script = new ScriptText();
    private final boolean unscripted;              // this one reads what stands in a noscript
    private @Nullable HtmlScanner noscript;        // as programs that run no scripts read it
    private boolean foreign;   // such an element was there
    private boolean unsure;
    private byte before;
    private int dashes;
    private boolean bang;
    private long at;
    private long start;

    /** @param iso2022 whether escape sequences change what an octet means (ISO-2022-JP and its kin, RFC 1468) */
    public HtmlScanner(Events events, boolean iso2022) {
        this(events, iso2022, false);
    }

    private HtmlScanner(Events events, boolean iso2022, boolean unscripted) {
        this.events = events;
        this.iso2022 = iso2022;
        this.unscripted = unscripted;
    }

    @Override
    public void accept(byte[] b, int off, int len) {
        for (int i = off; i < off + len; i++) {
            if (iso2022 && shifts.covers(b[i])) {
                if (state == State.TEXT) {
                    events.text(b[i], at);
                }
            } else {
                octet(b[i]);
            }
            at++;
        }
    }

    /** Whether what comes next would be shown: not inside a tag, a comment or a script. */
    public boolean isInText() {
        return state == State.TEXT;
    }

    /**
     * Whether browsers may take for something else what was called a tag or a comment here: behind a template, or an element of {@link #RAW} that
     * holds markup and may stand in an SVG image, a formula or a list to choose from, or a {@code noscript} that ends elsewhere for whoever runs no scripts.
     */
    public boolean isUnsure() {
        return unsure || state == State.RAW && rawAngles > 0 && (foreign || noscript != null);
    }

    /** Whether the octets that come next would be read as something else than ASCII. */
    public boolean isShifted() {
        return shifts.isShifted();
    }

    public long octets() {
        return at;
    }

    private void octet(byte b) {
        switch (state) {
            case TEXT -> text(b);
            case OPEN -> open(b);
            case CLOSE -> close(b);
            case NAME -> name(b);
            case ATTRIBUTES -> attribute(b);
            case DECLARATION -> declaration(b);
            case COMMENT -> comment(b);
            case BOGUS -> {
                if (b == '>') {
                    commentEnds();
                } else {
                    says(b);
                }
            }
            case RAW -> raw(b);
        }
        before = b;
    }

    private void text(byte b) {
        if (b == '<') {
            start = at;
            state = State.OPEN;
        } else {
            events.text(b, at);
        }
    }

    private void open(byte b) {
        head.setLength(0);
        tail.setLength(0);
        if (isLetter(b)) {
            startName(b, false);
        } else if (b == '/') {
            state = State.CLOSE;
        } else if (b == '!') {
            state = State.DECLARATION;
        } else if (b == '?') {
            says(b);
            state = State.BOGUS;
        } else {
            events.text((byte) '<', start);
            state = State.TEXT;
            text(b);
        }
    }

    private void close(byte b) {
        if (isLetter(b)) {
            startName(b, true);
        } else if (b == '>') {
            state = State.TEXT;   // "</>" is nothing
        } else {
            says(b);
            state = State.BOGUS;
        }
    }

    private void startName(byte b, boolean closes) {
        closing = closes;
        name.setLength(0);
        attributes.begin();
        state = State.NAME;
        name(b);
    }

    private void name(byte b) {
        if (b == '>') {
            tagEnds();
        } else if (isSpace(b) || b == '/') {
            state = State.ATTRIBUTES;
        } else if (name.length() < NAME) {
            name.append((char) (b & 0xFF));
        }
    }

    private void attribute(byte b) {
        if (attributes.accept(b)) {
            tagEnds();
        }
    }

    private void tagEnds() {
        state = State.TEXT;
        String lower = name.toString().toLowerCase(Locale.ROOT);
        if (!closing && RAW.contains(lower)) {
            state = State.RAW;
            rawName = lower;
            rawEnd = lower.equals("plaintext") ? NEVER : "</" + lower;
            rawSeen = 0;
            rawAngles = 0;
            script.begin();
            noscript = lower.equals("noscript") && !unscripted ? new HtmlScanner(NOTHING, false, true) : null;
            unsure |= unscripted && lower.equals("noscript") || lower.equals("template") || foreign && before == '/';   // "<style/>" is all of it in an image
        }
        foreign |= !closing && FOREIGN.contains(lower);
        events.tag(lower, closing, attributes.attributes(), start, at + 1);
    }

    private void declaration(byte b) {
        if (b == '-' && head.isEmpty()) {
            says(b);
        } else if (b == '-' && head.length() == 1 && head.charAt(0) == '-') {
            head.setLength(0);
            tail.setLength(0);
            dashes = 2;
            bang = false;
            state = State.COMMENT;
        } else if (b == '>') {
            commentEnds();
        } else {
            says(b);
            state = State.BOGUS;
        }
    }

    private void comment(byte b) {
        if (b == '>' && (dashes >= 2 || bang)) {
            commentEnds();
            return;
        }
        bang = b == '!' && dashes >= 2;
        dashes = b == '-' ? dashes + 1 : 0;
        says(b);
        events.commented(b);
    }

    private void commentEnds() {
        state = State.TEXT;
        unsure |= foreign && head.indexOf("[CDATA[") == 0;
        events.comment(head.toString(), tail.toString(), at + 1);
    }

    private void says(byte b) {
        if (head.length() < SAID) {
            head.append((char) (b & 0xFF));
        }
        if (tail.length() >= 2 * SAID) {
            tail.delete(0, SAID);
        }
        tail.append((char) (b & 0xFF));
    }

    private void raw(byte b) {
        events.raw(rawName, b);
        if (rawSeen == rawEnd.length()) {
            if ((isSpace(b) || b == '/' || b == '>') && !script.isDoublyEscaped()) {
                unsure |= foreign && rawAngles > 1 || noscript != null && !noscript.closesNoscript();
                foreign |= noscript != null && noscript.foreign;
                closing = true;
                name.setLength(0);
                name.append(rawEnd, 2, rawEnd.length());
                attributes.begin();
                state = State.ATTRIBUTES;
                attribute(b);
                return;
            }
            rawSeen = 0;
        }
        if (rawName.equals("script")) {
            script.accept(b);
        }
        if (noscript != null) {
            noscript.octet(b);
        }
        if (b == '<') {
            start = at;
            rawAngles++;
            rawSeen = rawEnd.charAt(0) == '<' ? 1 : 0;
        } else {
            rawSeen = rawSeen > 0 && Character.toLowerCase((char) (b & 0xFF)) == rawEnd.charAt(rawSeen) ? rawSeen + 1 : 0;
        }
    }

    /** Whether the end tag in which this stands is that of the noscript for it, too, and not a comment's, an attribute's or another element's. */
    private boolean closesNoscript() {
        return state == State.NAME && closing && name.toString().equalsIgnoreCase("noscript") && !unsure;
    }

    private static boolean isLetter(byte b) {
        return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z';
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n' || b == '\f';
    }
}
