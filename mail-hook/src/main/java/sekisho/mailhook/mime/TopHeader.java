package sekisho.mailhook.mime;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.EncodedWords;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.Parameters;

/** Reads the facts of a message from its top header. */
final class TopHeader {

    private static final int MAX_TEXT = 1000;
    /** RFC 2919, RFC 2369. */
    private static final Set<String> LIST = Set.of("list-id", "list-help", "list-post", "list-subscribe", "list-unsubscribe");

    private TopHeader() {
    }

    static MessageFacts facts(HeaderBlock header, String text, @Nullable String charset, boolean signed, boolean encrypted) {
        String subject = subject(header);
        return new MessageFacts(subject, raw(header, "message-id"), raw(header, "date"),
                header.first("from").map(EncodedWords::decode).map(TopHeader::oneLine).orElse(null),
                token(header, "auto-submitted"), token(header, "precedence"), header.fields().stream().anyMatch(f -> LIST.contains(f.name())),
                signed, encrypted, MailText.language(subject, text, charset));
    }

    static String subject(HeaderBlock header) {
        return header.first("subject").map(EncodedWords::decode).map(TopHeader::oneLine).orElse("");
    }

    private static @Nullable String raw(HeaderBlock header, String name) {
        return header.first(name).map(TopHeader::oneLine).orElse(null);
    }

    private static @Nullable String token(HeaderBlock header, String name) {
        return header.first(name).map(value -> oneLine(Parameters.parse(value).value().toLowerCase(Locale.ROOT))).orElse(null);
    }

    private static String oneLine(String text) {
        var line = new StringBuilder(Math.min(text.length(), MAX_TEXT));
        text.codePoints().map(c -> c == '\t' ? ' ' : c).filter(c -> !Character.isISOControl(c)).limit(MAX_TEXT)
                .forEach(line::appendCodePoint);
        return line.toString().strip();
    }
}
