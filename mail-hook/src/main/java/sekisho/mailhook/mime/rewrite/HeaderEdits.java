package sekisho.mailhook.mime.rewrite;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Changes of the top header, apart from what the splice itself needs.
 *
 * @param prepend whole fields put in front of all others, in this order, such as {@code Received: from … ; date}; a line
 *                end inside must be a fold (CRLF and white space), the final one is added
 * @param remove  names of fields that are left out, in any case; each occurrence
 */
public record HeaderEdits(List<String> prepend, Set<String> remove) {

    private static final Pattern FIELD = Pattern.compile("[!-9;-~]+:[^\\x00\\r\\n]*(?:\\r\\n[ \\t][^\\x00\\r\\n]*)*");

    /** Mail programs leave the first two to the first server, and some servers leave them in. The others are ours to set, and never somebody's. */
    private static final Set<String> NEVER = Set.of("bcc", "resent-bcc", "x-sekisho-trace", "x-sekisho-held");

    private static final Set<String> SIGNATURES = Set.of("dkim-signature", "x-google-dkim-signature", "domainkey-signature", "arc-seal",
            "arc-message-signature", "arc-authentication-results");

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

    /**
     * For a message that is relayed as it came, but for what only its sender may know (RFC 5322 §3.6.3) and fields of ours that it came with. A signature stays: one that covers
     * these fields no longer fits, which counts as none (RFC 6376 §6.1), and ours is made behind us, by the smart host.
     */
    public static HeaderEdits original(List<String> prepend) {
        return new HeaderEdits(prepend, NEVER);
    }

    /**
     * For a message that is modified: no signature over it fits any more (RFC 6376), whoever made it, nor the seals that say one did (RFC 8617,
     * RFC 6377 §5.7). Signatures inside of a message that is attached are that message's own.
     */
    public static HeaderEdits modified(List<String> prepend) {
        return new HeaderEdits(prepend, Stream.concat(NEVER.stream(), SIGNATURES.stream()).collect(Collectors.toSet()));
    }
}
