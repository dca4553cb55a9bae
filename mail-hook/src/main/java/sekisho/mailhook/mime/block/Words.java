package sekisho.mailhook.mime.block;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

import sekisho.gateway.Sizes;
import sekisho.mailhook.mime.Language;

/** The values of one notice in the words of a language; names and company, which come from outside, on one line each. */
record Words(LinkNotice notice) {

    private static final int NAMED_FILES = 20;
    private static final int MAX_TEXT = 200;
    private static final DateTimeFormatter JAPANESE = DateTimeFormatter.ofPattern("y年M月d日(E) HH:mm", Locale.JAPANESE);
    private static final DateTimeFormatter ENGLISH = DateTimeFormatter.ofPattern("EEEE, d MMMM y, HH:mm z", Locale.ENGLISH);
    private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");

    /** A file as it is told: its size may be shown apart. */
    record Line(String name, String size) {
    }

    String company() {
        return cleaned(notice.company());
    }

    String recipient() {
        return cleaned(notice.maskedAddress());
    }

    String link() {
        return notice.url().toString();
    }

    String closes(Language language) {
        ZonedDateTime closes = notice.closes();
        String japanese = JAPANESE.format(closes) + (closes.getZone().equals(TOKYO) ? "" : " (" + closes.getZone() + ")");
        return in(language, japanese, english(closes));
    }

    /** Abbreviations mean different zones to different people. */
    private static String english(ZonedDateTime closes) {
        String text = ENGLISH.format(closes);
        String offset = closes.getOffset().equals(ZoneOffset.UTC) ? "UTC" : "UTC" + closes.getOffset().getId().replaceFirst("^([+-])0", "$1").replaceFirst(":00$", "");
        return text.matches(".*(UTC|Z|GMT[+-].*)") ? text : text + " (" + offset + ")";
    }

    String count(Language language) {
        int files = notice.files().size();
        return in(language, files + " 件", files + (files == 1 ? " file" : " files"));
    }

    /** A line for each file, as far as the reader may know them. */
    List<Line> files(Language language) {
        if (notice.names() == LinkNotice.Names.COUNT) {
            return List.of(new Line(in(language, "ファイル " + count(Language.JAPANESE), count(Language.ENGLISH)), ""));
        }
        int more = notice.files().size() - NAMED_FILES;
        var named = notice.files().stream().limit(NAMED_FILES).map(f -> new Line(cleaned(f.name()), Sizes.text(f.octets())));
        return (more <= 0 ? named : java.util.stream.Stream.concat(named, java.util.stream.Stream.of(
                new Line(in(language, "ほか " + more + " 件", more + " more"), "")))).toList();
    }

    private static String in(Language language, String japanese, String english) {
        return switch (language) {
            case JAPANESE -> japanese;
            case ENGLISH -> english;
            case BOTH -> japanese + " / " + english;
        };
    }

    /** One line, without control and direction-changing characters, of bounded length. */
    private static String cleaned(String text) {
        var kept = new StringBuilder();
        text.codePoints().filter(c -> {
            int type = Character.getType(c);
            return type != Character.CONTROL && type != Character.FORMAT && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR && type != Character.SURROGATE;
        }).limit(MAX_TEXT).forEach(kept::appendCodePoint);
        return kept.toString().strip();
    }
}
