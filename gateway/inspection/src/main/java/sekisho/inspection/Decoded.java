package sekisho.inspection;

import java.io.IOException;
import java.io.InputStream;

/**
 * Octets that were written as text: base64, quoted-printable, uuencode, hexadecimal, base 85. As lenient as the most lenient reader: nothing in
 * them is an error.
 */
abstract class Decoded extends InputStream {
    private static final int BUFFER = 8 << 10;
    private static final byte[] BASE64 = new byte[256];

    static {
        java.util.Arrays.fill(BASE64, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < alphabet.length(); i++) {
            BASE64[alphabet.charAt(i)] = (byte) i;
        }
        BASE64['-'] = 62; // of the alphabet for addresses (RFC 4648 §5)
        BASE64['_'] = 63;
    }

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int length;

    private Decoded(InputStream in) {
        this.in = in;
    }

    /** The next octet of the text, −1 at its end. */
    final int raw() throws IOException {
        if (at == length) {
            at = 0;
            length = in.read(buffer, 0, BUFFER);
            if (length <= 0) {
                length = 0;
                return -1;
            }
        }
        return buffer[at++] & 0xff;
    }

    @Override
    public final int read(byte[] into, int offset, int count) throws IOException {
        int got = 0;
        for (int octet; got < count && (octet = read()) >= 0; got++) {
            into[offset + got] = (byte) octet;
        }
        return got == 0 && count > 0 ? -1 : got;
    }

    @Override
    public final void close() throws IOException {
        in.close();
    }

    /** Whatever isn't of the alphabet is passed over; {@code =} ends a group, and another may follow. */
    static InputStream base64(InputStream in) {
        return new Decoded(in) {
            private int bits;
            private int held;

            @Override
            public int read() throws IOException {
                while (true) {
                    int octet = raw();
                    if (octet < 0) {
                        return -1;
                    }
                    int value = BASE64[octet];
                    if (value < 0) {
                        held = octet == '=' ? 0 : held;
                        continue;
                    }
                    bits = bits << 6 | value;
                    held += 6;
                    if (held >= 8) {
                        held -= 8;
                        return bits >> held & 0xff;
                    }
                }
            }
        };
    }

    /** {@code =XX} and soft line ends (RFC 2045 §6.7); what else follows a {@code =} stays. */
    static InputStream quotedPrintable(InputStream in) {
        return new Decoded(in) {
            private int again = -1;
            private int afterThat = -1;

            @Override
            public int read() throws IOException {
                while (true) {
                    int octet = next();
                    if (octet != '=') {
                        return octet;
                    }
                    int first = next();
                    if (first == '\r' || first == '\n' || first == ' ' || first == '\t') {
                        while (first == ' ' || first == '\t' || first == '\r') {
                            first = next();
                        }
                        again = first == '\n' ? again : first;
                        continue;
                    }
                    int second = first < 0 ? -1 : next();
                    if (Character.digit(first, 16) >= 0 && Character.digit(second, 16) >= 0) {
                        return Character.digit(first, 16) << 4 | Character.digit(second, 16);
                    }
                    again = first;
                    afterThat = second;
                    return '=';
                }
            }

            private int next() throws IOException {
                if (again < 0) {
                    return raw();
                }
                int octet = again;
                again = afterThat;
                afterThat = -1;
                return octet;
            }
        };
    }

    /** Lines of a length and so many octets in fours; begins behind the first line. */
    static InputStream uuencode(InputStream in) {
        return new Decoded(in) {
            private int left;
            private int bits;
            private int held = -1; // the line's length comes next

            @Override
            public int read() throws IOException {
                while (true) {
                    int octet = raw();
                    if (octet < 0) {
                        return -1;
                    }
                    if (octet == '\r' || octet == '\n') {
                        left = 0;
                        held = -1;
                    } else if (held < 0) {
                        left = octet - ' ' & 0x3f;
                        held = 0;
                        bits = 0;
                    } else if (left > 0) {
                        bits = bits << 6 | octet - ' ' & 0x3f;
                        held += 6;
                        if (held >= 8) {
                            held -= 8;
                            left--;
                            return bits >> held & 0xff;
                        }
                    }
                }
            }
        };
    }

    /** Two digits an octet; {@code >} ends it (ISO 32000-2 §7.4.2). */
    static InputStream hex(InputStream in) {
        return new Decoded(in) {
            @Override
            public int read() throws IOException {
                int high = digit();
                int low = high < 0 ? -1 : digit();
                return high < 0 ? -1 : high << 4 | Math.max(low, 0);
            }

            private int digit() throws IOException {
                int octet = raw();
                while (octet >= 0 && octet != '>' && Character.digit(octet, 16) < 0) {
                    octet = raw();
                }
                return octet < 0 ? -1 : Character.digit(octet, 16);
            }
        };
    }

    /** Five characters for four octets, {@code z} for four of 0; {@code ~} ends it (ISO 32000-2 §7.4.3). */
    static InputStream base85(InputStream in) {
        return new Decoded(in) {
            private long group;
            private int left;

            @Override
            public int read() throws IOException {
                if (left == 0) {
                    next();
                }
                return left == 0 ? -1 : (int) (group >> 8 * --left) & 0xff;
            }

            private void next() throws IOException {
                group = 0;
                int seen = 0;
                for (int octet; seen < 5 && (octet = raw()) >= 0 && octet != '~'; ) {
                    if (octet == 'z' && seen == 0) {
                        left = 4;
                        return;
                    }
                    if (octet >= '!' && octet <= 'u') {
                        group = group * 85 + octet - '!';
                        seen++;
                    }
                }
                if (seen < 2) {
                    return;
                }
                for (int i = seen; i < 5; i++) {
                    group = group * 85 + 84;
                }
                left = seen - 1;
                group >>= 8 * (4 - left);
            }
        };
    }
}
