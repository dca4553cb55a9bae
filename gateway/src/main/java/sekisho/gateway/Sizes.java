package sekisho.gateway;

import java.util.Locale;

/** Sizes as people read them, on every page and in every mail alike. */
public final class Sizes {

    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};
    private static final long UNIT = 1024;

    private Sizes() {
    }

    /** Octets with two or three digits, in units of 1,024 as file managers on most desks show them: {@code 9.8 KB}, {@code 293 KB}. */
    public static String text(long octets) {
        double value = octets;
        int unit = 0;
        while (value >= (unit == 0 ? UNIT : 999.5) && unit < UNITS.length - 1) {
            value /= UNIT;
            unit++;
        }
        return String.format(Locale.ROOT, unit > 0 && value < 9.95 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
    }
}
