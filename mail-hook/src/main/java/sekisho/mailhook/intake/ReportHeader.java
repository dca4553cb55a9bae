package sekisho.mailhook.intake;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import sekisho.mailhook.smtp.SmtpReply;

/**
 * What people may send without a sender's address, which has no sender who could stop it: read receipts, whose null reverse-path RFC 8098 §2.1 asks for, and other
 * reports (RFC 6522).
 */
final class ReportHeader {

    /** In lower case. */
    static final Set<String> NAMES = Set.of("content-type");
    static final SmtpReply NONE = new SmtpReply(550, "5.7.1", "without a sender's address only read receipts and other reports are sent (multipart/report)");
    private static final Pattern REPORT = Pattern.compile("\\s*multipart/report\\s*(?:;.*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private ReportHeader() {
    }

    /** @param values of all fields of a name */
    static boolean isReport(Function<String, List<String>> values) {
        var types = values.apply("content-type");
        return types.size() == 1 && REPORT.matcher(types.getFirst()).matches();
    }
}
