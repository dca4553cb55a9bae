package sekisho.mailhook.mime.html;

/**
 * Tells which end tag ends a script: inside {@code <!--} a {@code <script>} has an end tag of its own, which doesn't (HTML standard §13.2.5.18 to
 * §13.2.5.31, "script data double escaped").
 */
final class ScriptText {

    private enum Mode { PLAIN, ESCAPED, DOUBLY_ESCAPED }

    private static final int LONGEST_WORD = "/script".length();

    private final StringBuilder word = new StringBuilder();   // behind the last "<", in lower case
    private boolean inWord;
    private int dashes;
    private Mode mode = Mode.PLAIN;

    void begin() {
        mode = Mode.PLAIN;
        inWord = false;
        dashes = 0;
    }

    boolean isDoublyEscaped() {
        return mode == Mode.DOUBLY_ESCAPED;
    }

    /** An octet of the script; the one behind {@code </script} only when that doesn't end it. */
    void accept(byte b) {
        if (b == '<') {
            inWord = true;
            word.setLength(0);
        } else if (inWord) {
            word(b);
        }
        if (b == '>' && dashes >= 2) {
            mode = Mode.PLAIN;
        }
        dashes = b == '-' ? dashes + 1 : 0;
    }

    private void word(byte b) {
        boolean ends = HtmlScanner.isSpace(b) || b == '>' || b == '/' && !word.isEmpty();
        if (ends || word.length() == LONGEST_WORD) {
            inWord = false;
            if (ends && mode == Mode.ESCAPED && "script".contentEquals(word)) {
                mode = Mode.DOUBLY_ESCAPED;
            } else if (ends && mode == Mode.DOUBLY_ESCAPED && "/script".contentEquals(word)) {
                mode = Mode.ESCAPED;
            }
            return;
        }
        word.append(Character.toLowerCase((char) (b & 0xFF)));
        if (mode == Mode.PLAIN && "!--".contentEquals(word)) {
            mode = Mode.ESCAPED;
            inWord = false;
        }
    }
}
