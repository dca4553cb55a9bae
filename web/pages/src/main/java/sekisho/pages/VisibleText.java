package sekisho.pages;

/**
 * Text that strangers wrote, made safe to look at: characters that reorder or hide what stands beside them (Unicode TR 36 §3.2) would
 * let {@code exe.fdp} pass for {@code pdf.exe}.
 */
final class VisibleText {

    private static final int MARK = '\uFFFD';

    private VisibleText() {
    }

    static String of(String text) {
        return text.codePoints().map(c -> reorders(c) || Character.isISOControl(c) ? MARK : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    private static boolean reorders(int c) {
        return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0x200E || c == 0x200F || c == 0x061C
            || c == 0x2028 || c == 0x2029;
    }
}
