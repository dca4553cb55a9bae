package sekisho.mailhook.mime;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Collects the {@code cid:} references of an HTML body as its decoded octets stream by (RFC 2392). Only a reference
 * where an attribute or {@code url(} starts counts; one in running text shows no image.
 */
final class CidScanner {

    private static final int MAX_LENGTH = 250;
    private static final int MAX_REFERENCES = 2_000;

    private final Set<String> references;
    private final StringBuilder reference = new StringBuilder();
    private int matched;       // letters of "cid:" seen
    private boolean inside;
    private int before = -1;   // the last octet but white space in front of what is being matched

    CidScanner(Set<String> references) {
        this.references = references;
    }

    void accept(byte[] b, int off, int len) {
        for (int i = off; i < off + len; i++) {
            octet(b[i]);
        }
    }

    private void octet(byte b) {
        if (inside) {
            if (b == '"' || b == '\'' || b == '>' || b == ')' || b <= ' ' && b >= 0) {
                add();
            } else if (reference.length() < MAX_LENGTH) {
                reference.append((char) (b & 0xFF));
            } else {
                inside = false;
                matched = 0;
            }
            return;
        }
        int lower = b >= 'A' && b <= 'Z' ? b + 32 : b;
        if (lower == "cid:".charAt(matched) && (matched > 0 || opens(before))) {
            if (++matched == 4) {
                inside = true;
                matched = 0;
                reference.setLength(0);
            }
            return;
        }
        matched = 0;
        if (b < 0 || b > ' ') {
            before = b;
        }
    }

    private static boolean opens(int b) {
        return b == '"' || b == '\'' || b == '=' || b == '(' || b == ';';   // ; ends an entity: &quot;cid:
    }

    private void add() {
        inside = false;
        before = -1;
        if (references.size() < MAX_REFERENCES && !reference.isEmpty()) {
            references.add(key(reference.toString().replace("&amp;", "&").replace("&#64;", "@")));
        }
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
