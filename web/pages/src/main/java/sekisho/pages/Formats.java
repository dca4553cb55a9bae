package sekisho.pages;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times and parts as people read them. */
final class Formats {

    private static final DateTimeFormatter JA = DateTimeFormatter.ofPattern("uuuu年M月d日（E）H:mm", Locale.JAPAN);
    private static final DateTimeFormatter EN = DateTimeFormatter.ofPattern("EEE d MMM uuuu, HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter EXACT_JA = DateTimeFormatter.ofPattern("uuuu年M月d日（E）H:mm:ss", Locale.JAPAN);
    private static final DateTimeFormatter EXACT_EN = DateTimeFormatter.ofPattern("EEE d MMM uuuu, HH:mm:ss", Locale.ENGLISH);
    private static final DateTimeFormatter ZONE = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH);
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("xxx", Locale.ROOT);

    private Formats() {
    }

    /** Date, weekday, hour and minute, zone and offset. */
    static String time(Instant instant, Language language, ZoneId zone) {
        return (language == Language.JA ? JA : EN).format(instant.atZone(zone)) + " " + zone(instant, zone);
    }

    /** {@link #time} with seconds. */
    static String exactTime(Instant instant, Language language, ZoneId zone) {
        return (language == Language.JA ? EXACT_JA : EXACT_EN).format(instant.atZone(zone)) + " " + zone(instant, zone);
    }

    private static String zone(Instant instant, ZoneId zone) {
        var at = instant.atZone(zone);
        var name = ZONE.format(at);
        var offset = "UTC" + OFFSET.format(at);
        return Character.isLetter(name.charAt(0)) && !name.startsWith("UTC") && !name.startsWith("GMT") ? name + " (" + offset + ")" : offset;
    }

    /** How long it is from now, in the two largest units that matter; what is past is "now". */
    static String left(Duration left, Words words, Language language) {
        if (left.isNegative() || left.isZero()) {
            return words.say(language, "left.now");
        }
        if (left.toDays() >= 2) {
            return words.say(language, "left.days", left.toDays());
        }
        if (left.toHours() >= 1) {
            return words.say(language, "left.hours", left.toHours(), left.toMinutesPart());
        }
        if (left.toMinutes() >= 1) {
            return words.say(language, "left.minutes", left.toMinutes(), left.toSecondsPart());
        }
        return words.say(language, "left.seconds", Math.max(1, left.toSeconds()));
    }

    /** Part of a whole in whole percent: 0 only for nothing, 100 only for everything. */
    static int percent(long part, long whole) {
        if (part <= 0) {
            return 0;
        }
        return part >= whole ? 100 : Math.clamp(Math.round(100.0 * part / whole), 1, 99);
    }
}
