package sekisho.mailhook.mime;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.Parameters;

/**
 * The boundary of a multipart (RFC 2046 §5.1.1), if all readers take the same one from the field: between the lines of one stands a text where
 * those of another show a file.
 *
 * @param value   one char for each octet, without trailing white space; null for none
 * @param refusal why it isn't the same one to all, or null
 */
record Boundary(@Nullable String value, @Nullable String refusal) {

    /** RFC 2046 §5.1.1 says 70; some senders write more. */
    private static final int MAX_LENGTH = 1000;

    private static final String NAME = "boundary";

    /** What is one to whoever minds no quotes; without a value, too. */
    private static final Pattern ANY = Pattern.compile("(?i)[;,][\\x00-\\x20]*boundary[^=;,\"]*(?=[=;,]|$)");

    /** Decoded by some (RFC 2047). */
    private static final Pattern ENCODED_WORD = Pattern.compile("=\\?[^?]*\\?[BbQq]\\?.*\\?=");

    /** Where some end a value that stands without quotes. Many senders write {@code / : = ?} without them. */
    private static final String ENDS = "()<>@[],\"";

    /** What of RFC 2231 needs no decoding. */
    private static final Pattern EXTENDED = Pattern.compile("(?i)(?:us-ascii'[^'%]*'|utf-8'[^'%]*')?[^'%]*");

    /** @param field the Content-Type */
    static Boundary of(Parameters p, String field) {
        List<String> readings = Stream.concat(p.extended(NAME).stream(), p.plain(NAME).stream()).map(String::stripTrailing).distinct().toList();
        List<Parameters.Raw> written = p.all().stream().filter(raw -> raw.name().startsWith(NAME)).toList();
        if (readings.isEmpty() && written.isEmpty()) {
            return new Boundary(null, "a multipart without a boundary");   // some guess it by the lines of the body
        }
        String refusal = null;
        if (readings.size() > 1) {
            refusal = "contradictory multipart boundaries";
        } else if (isHeldDifferently(field, written.size())) {
            refusal = "a multipart boundary where not all readers look for it";
        } else if (written.stream().anyMatch(Boundary::isTakenDifferently) || areJoinedDifferently(written)
                || readings.stream().anyMatch(Boundary::isUnwrapped)) {
            refusal = "a multipart boundary that readers take differently";
        } else if (!readings.isEmpty() && (readings.getFirst().isEmpty() || readings.getFirst().length() > MAX_LENGTH)) {
            refusal = "a multipart boundary that is empty or too long";
        } else if (!readings.isEmpty() && readings.getFirst().chars().anyMatch(c -> c < ' ' || c > 126)) {
            refusal = "a multipart boundary with forbidden characters";
        }
        return new Boundary(readings.isEmpty() || refusal != null ? null : readings.getFirst(), refusal);
    }

    /** Whether readers that know no comments, or quotes only around a whole value, find the parameters in another place, or another boundary. */
    private static boolean isHeldDifferently(String field, int written) {
        String front = front(field);
        boolean boundaryInFront = front.indexOf('=') >= 0 && front.toLowerCase(Locale.ROOT).contains(NAME);
        return boundaryInFront || front.indexOf(',') >= 0 || front.chars().filter(c -> c == '"').count() % 2 > 0   // the semicolon in quotes
                || Parameters.parse(front).value().indexOf('(') >= 0   // a comment that goes on
                || ANY.matcher(field).results().count() != written;
    }

    /** All in front of the first semicolon, comments included. */
    static String front(String field) {
        int semicolon = field.indexOf(';');
        return semicolon < 0 ? field : field.substring(0, semicolon);
    }

    private static boolean isTakenDifferently(Parameters.Raw raw) {
        return raw.escaped() || raw.trailed() || raw.value().indexOf('\\') >= 0 || ENCODED_WORD.matcher(raw.value()).find()
                || !raw.quoted() && raw.value().strip().chars().anyMatch(c -> c <= ' ' || ENDS.indexOf(c) >= 0);
    }

    /** Some stop at a gap in the numbers or at a zero in front of one, and not all decode. */
    private static boolean areJoinedDifferently(List<Parameters.Raw> written) {
        int pieces = 0;
        for (Parameters.Raw raw : written) {
            if (raw.name().equals(NAME + "*")) {
                if (!EXTENDED.matcher(raw.value()).matches()) {
                    return true;
                }
            } else if (!raw.name().equals(NAME) && !raw.name().equals(NAME + "*" + pieces++)) {
                return true;
            }
        }
        return false;
    }

    /** Quotes and brackets go where readers take them off a second time. */
    private static boolean isUnwrapped(String value) {
        return value.indexOf('"') >= 0 || value.startsWith("<") && value.endsWith(">");
    }
}
