package sekisho.mailhook.mime.html;

/** Escape sequences that change what an octet means (RFC 1468), as a text streams by. */
final class Shifts {

    private int escape;
    private boolean shifted;

    /** Whether the octets that come next would be read as something else than ASCII. */
    boolean isShifted() {
        return shifted;
    }

    /** Whether the octet belongs to an escape sequence or to a character that is not ASCII. */
    boolean covers(byte b) {
        if (b == 0x1B) {
            escape = 1;
            return true;
        }
        if (escape == 1) {   // ESC $ begins two octets a character, ESC ( a set of single ones
            escape = b == '$' ? 2 : b == '(' ? 3 : 0;
            shifted |= b == '$';
            return escape > 0 || shifted;
        }
        if (escape == 2) {
            escape = b == '(' ? 4 : 0;
            return true;
        }
        if (escape == 3) {
            escape = 0;
            shifted = b != 'B' && b != 'J';
            return true;
        }
        if (escape == 4) {
            escape = 0;
            return true;
        }
        return shifted;
    }
}
