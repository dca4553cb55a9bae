package sekisho.mailhook.mime.html;

/** Escape sequences that change what an octet means (RFC 1468), as a text streams by. */
public final class Shifts {

    private int escape;
    private boolean shifted;
    private boolean wide;   // two octets a character
    private boolean half;
    private boolean torn;

    /**
     * Whether the octets that come next would be read as something else than ASCII, or may be: behind half a character, or an octet that
     * is none of one, readers don't agree which escape sequence they have seen.
     */
    public boolean isShifted() {
        return shifted || torn;
    }

    /** Whether the octet belongs to an escape sequence or to a character that is not ASCII. */
    public boolean covers(byte b) {
        if (b == 0x1B) {
            torn |= half || escape > 0;
            half = false;
            escape = 1;
            return true;
        }
        if (escape == 1) {   // ESC $ begins two octets a character, ESC ( a set of single ones
            escape = b == '$' ? 2 : b == '(' ? 3 : 0;
            shifted |= b == '$';
            wide |= b == '$';
            torn |= escape == 0;
            return escape > 0 || shifted;
        }
        if (escape == 2) {
            escape = b == '(' ? 4 : 0;
            return true;
        }
        if (escape == 3) {
            escape = 0;
            shifted = b != 'B' && b != 'J';
            wide = false;
            return true;
        }
        if (escape == 4) {
            escape = 0;
            return true;
        }
        if (shifted) {
            half = wide && !half;
            torn |= b < ' ';
        }
        return shifted;
    }
}
