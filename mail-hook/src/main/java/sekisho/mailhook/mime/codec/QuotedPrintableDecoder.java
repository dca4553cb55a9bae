package sekisho.mailhook.mime.codec;

import java.io.IOException;

/**
 * Quoted-printable (RFC 2045 §6.7), with lower-case digits, white space after a soft line break, and a lone {@code =}
 * kept as it stands. White space at the end of a line is dropped, as the RFC asks: relays add it.
 */
final class QuotedPrintableDecoder extends BodyDecoder {

    private enum State { TEXT, EQUALS, FIRST_DIGIT, SOFT_SPACE, SOFT_CR }

    private static final int SPACES = 1024;

    private final byte[] buffer = new byte[8 * 1024 + SPACES];
    private int filled;
    private State state = State.TEXT;
    private int firstDigit;
    private int trailing;   // white space at the end of the buffer that may still turn out to end its line

    QuotedPrintableDecoder(OctetConsumer out) {
        super(out);
    }

    @Override
    public void decode(byte[] octets, int offset, int length) throws IOException {
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            byte b = octets[i];
            switch (state) {
                case TEXT -> text(b);
                case EQUALS -> {
                    if (Character.digit(b, 16) >= 0) {
                        firstDigit = b;
                        state = State.FIRST_DIGIT;
                    } else if (b == ' ' || b == '\t') {
                        state = State.SOFT_SPACE;
                    } else {
                        soft(b, true);
                    }
                }
                case FIRST_DIGIT -> {
                    int low = Character.digit(b, 16);
                    state = State.TEXT;
                    if (low >= 0) {
                        put((byte) (Character.digit(firstDigit, 16) << 4 | low));
                    } else {
                        put((byte) '=');
                        put((byte) firstDigit);
                        text(b);
                    }
                }
                case SOFT_SPACE -> {
                    if (b != ' ' && b != '\t') {
                        soft(b, false);
                    }
                }
                case SOFT_CR -> {
                    state = State.TEXT;
                    if (b != '\n') {
                        text(b);
                    }
                }
            }
        }
    }

    private void soft(byte b, boolean bare) throws IOException {
        state = State.TEXT;
        if (b == '\r') {
            state = State.SOFT_CR;
        } else if (b != '\n') {
            put((byte) '=');
            if (!bare) {
                put((byte) ' ');
            }
            text(b);
        }
    }

    private void text(byte b) throws IOException {
        if (b == '=') {
            state = State.EQUALS;
            trailing = 0;
        } else if (b == ' ' || b == '\t') {
            put(b);
            trailing = Math.min(trailing + 1, SPACES);
        } else {
            if (b == '\r' || b == '\n') {
                filled -= trailing;
            }
            put(b);
        }
    }

    private void put(byte b) throws IOException {
        if (filled == buffer.length) {
            int keep = trailing;
            out.accept(buffer, 0, filled - keep);
            System.arraycopy(buffer, filled - keep, buffer, 0, keep);
            filled = keep;
        }
        buffer[filled++] = b;
        if (b != ' ' && b != '\t') {
            trailing = 0;
        }
    }

    @Override
    public void end() throws IOException {
        switch (state) {
            case FIRST_DIGIT -> {
                put((byte) '=');
                put((byte) firstDigit);
            }
            case TEXT, EQUALS, SOFT_SPACE, SOFT_CR -> { }
        }
        out.accept(buffer, 0, filled - trailing);
        filled = 0;
        trailing = 0;
    }
}
