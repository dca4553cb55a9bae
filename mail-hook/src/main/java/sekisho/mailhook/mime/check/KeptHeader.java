package sekisho.mailhook.mime.check;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.HeaderBlock;

/** Whether the header of a message with a link is the one it had, but for what it no longer can say. */
final class KeptHeader {

    /** That no copy has, whatever becomes of it: what only the sender may know, and what the hook alone sets. */
    static final Set<String> NEVER = Set.of("bcc", "resent-bcc", "x-sekisho-trace", "x-sekisho-held");

    private static final Set<String> GONE = Set.of("dkim-signature", "x-google-dkim-signature", "domainkey-signature", "arc-seal", "arc-message-signature",
            "arc-authentication-results", "content-md5", "content-length", "lines", "x-ms-tnef-correlator", "mime-version");
    private static final Pattern CLIP = Pattern.compile("x-.*has-?attach(?:ment)?s?");

    private final HeaderBlock before;
    private final HeaderBlock after;

    KeptHeader(HeaderBlock before, HeaderBlock after) {
        this.before = before;
        this.after = after;
    }

    /** @param moved the part that what the header said of the content has gone to, if it has */
    void violations(@Nullable HeaderBlock moved, List<String> violations) {
        violationsBesideContent(violations);
        boolean kept = moved == null ? isKept(KeptHeader::isOfContentOnly)
                : fields(before, KeptHeader::isOfContent, Integer.MAX_VALUE).equals(fields(moved, _ -> true, Integer.MAX_VALUE));
        if (!kept) {
            violations.add("what the header said of the content is lost or changed");
        }
    }

    void violationsBesideContent(List<String> violations) {
        if (!isKept(name -> !isOfContent(name))) {
            violations.add("the header of the message was changed in more than what it says of its content");
        }
    }

    private static boolean isOfContent(String name) {
        return name.startsWith("content-");
    }

    /** Type and transfer encoding change with a text. */
    private static boolean isOfContentOnly(String name) {
        return isOfContent(name) && !name.equals("content-type") && !name.equals("content-transfer-encoding");
    }

    /** Up to a line that is no field, for what stands behind it is header to some; or to the end, where that line went. */
    private boolean isKept(Predicate<String> which) {
        List<String> is = fields(after, which, strict(after));
        return is.equals(fields(before, which, strict(before))) || is.equals(fields(before, which, Integer.MAX_VALUE));
    }

    private static int strict(HeaderBlock header) {
        return header.firstMalformed() < 0 ? Integer.MAX_VALUE : header.firstMalformed();
    }

    private static List<String> fields(HeaderBlock header, Predicate<String> which, int end) {
        return header.fields().stream().filter(field -> field.start() < end).filter(field -> which.test(field.name()) && !NEVER.contains(field.name()) && !GONE.contains(field.name()) && !CLIP.matcher(field.name()).matches())
                .map(field -> header.raw(field).strip()).toList();
    }
}
