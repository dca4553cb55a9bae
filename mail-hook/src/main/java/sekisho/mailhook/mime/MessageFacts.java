package sekisho.mailhook.mime;

import org.jspecify.annotations.Nullable;

/**
 * What the top header says. Texts are decoded, on one line, at most 1,000 chars; none may be logged.
 *
 * @param autoSubmitted the first token of Auto-Submitted in lower case (RFC 3834), null without the field
 * @param precedence    in lower case
 * @param list          whether the message came through a mailing list or is sent to one's readers (RFC 2919, RFC 2369)
 * @param signed        whether the message, or a part of it, is signed and stays as it is
 * @param encrypted     whether the message, or a part of it, is encrypted and stays as it is
 */
public record MessageFacts(String subject, @Nullable String messageId, @Nullable String date, @Nullable String from,
                           @Nullable String autoSubmitted, @Nullable String precedence, boolean list, boolean signed,
                           boolean encrypted, Language language) {
}
