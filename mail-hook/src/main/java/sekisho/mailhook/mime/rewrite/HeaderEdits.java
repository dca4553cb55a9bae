package sekisho.mailhook.mime.rewrite;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Changes of the top header, apart from what the splice itself needs.
 *
 * @param prepend whole fields put in front of all others, in this order, such as {@code Received: from … ; date}; a line
 *                end inside must be a fold (CRLF and white space), the final one is added
 * @param remove  names of fields that are left out, in any case; each occurrence
 */
public record HeaderEdits(List<String> prepend, Set<String> remove) {

    private static final Pattern FIELD = Pattern.compile("[!-9;-~]+:[^\\x00\\r\\n]*(?:\\r\\n[ \\t][^\\x00\\r\\n]*)*");

    public static final HeaderEdits NONE = new HeaderEdits(List.of(), Set.of());

    public HeaderEdits {
        prepend = List.copyOf(prepend);
        remove = remove.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        for (String field : prepend) {
            if (!FIELD.matcher(field).matches()) {
                throw new IllegalArgumentException("not one header field (name, colon, text; CRLF only before white space)");
            }
        }
    }

    /** For a message that is modified: its signature no longer fits (RFC 6376). */
    public static HeaderEdits modified(List<String> prepend) {
        return new HeaderEdits(prepend, Set.of("dkim-signature", "domainkey-signature"));
    }
}
