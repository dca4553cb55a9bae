package sekisho.mailhook.mime.block;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a template may leave open, written in braces: {@code {link}}. */
enum Placeholder {
    SENDER_COMPANY, FILES, FILE_COUNT, LINK, CLOSES, RECIPIENT;

    /** As it is written, without braces. */
    String written() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Placeholder> named(String name) {
        return Arrays.stream(values()).filter(p -> p.written().equals(name)).findFirst();
    }

    /** All of them, as an error message lists them. */
    static String all() {
        return Arrays.stream(values()).map(p -> "{" + p.written() + "}").collect(Collectors.joining(", "));
    }

    /** Whether it says something else in another language: then {@code {closes-ja}} and {@code {closes-en}} are known too. */
    boolean isWorded() {
        return this == FILES || this == FILE_COUNT || this == CLOSES;
    }
}
