package sekisho.pages;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times and sizes as people read them. */
final class Formats {

    private static final DateTimeFormatter JA = DateTimeFormatter.ofPattern("uuuu年M月d日（E）H:mm", Locale.JAPAN);
    private static final DateTimeFormatter EN = DateTimeFormatter.ofPattern("EEE d MMM uuuu, HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter EXACT_JA = DateTimeFormatter.ofPattern("uuuu年M月d日（E）H:mm:ss", Locale.JAPAN);
    private static final DateTimeFormatter EXACT_EN = DateTimeFormatter.ofPattern("EEE d MMM uuuu, HH:mm:ss", Locale.ENGLISH);
    private static final DateTimeFormatter ZONE = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH);
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("xxx", Locale.ROOT);
    private static final String[] UNITS = {"KB", "MB", "GB", "TB"};
    private static final long UNIT = 1024;

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

    /** Octets, in units of 1,024 as file managers on most desks show them. */
    static String size(long octets, Words words, Language language) {
        if (octets < UNIT) {
            return words.say(language, "size.octets", octets);
        }
        double value = octets;
        int unit = -1;
        do {
            value /= UNIT;
            unit++;
        } while (value >= 999.5 && unit < UNITS.length - 1);
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
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
