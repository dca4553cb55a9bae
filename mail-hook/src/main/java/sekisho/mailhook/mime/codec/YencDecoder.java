package sekisho.mailhook.mime.codec;

import java.io.IOException;

/**
 * yEnc as it stands in a text: each octet plus 42, {@code =} before those that would be NUL, LF, CR or {@code =} (plus 64).
 * Lines that begin with {@code =y} are about the file and no part of it. A body is as its label says when there is one file in it and nothing else.
 */
final class YencDecoder extends BodyDecoder {

    private static final int KEYWORD = 6;

    private final byte[] buffer = new byte[8 * 1024];
    private int filled;
    private boolean atLineStart = true;
    private boolean escaped;
    private boolean aboutTheFile;
    private final StringBuilder keyword = new StringBuilder(KEYWORD);   // of the line about the file
    private boolean begun;
    private boolean content;
    private boolean over;
    private boolean doubtful;

    YencDecoder(OctetConsumer out) {
        super(out);
    }

    @Override
    public void decode(byte[] octets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            octet(octets[i]);
        }
        flush();
    }

    private void octet(byte b) throws IOException {
        if (b == '\r' || b == '\n') {
            aboutTheFileEnds();
            atLineStart = true;
            escaped = false;
            aboutTheFile = false;
        } else if (aboutTheFile) {
            if (keyword.length() < KEYWORD) {
                keyword.append((char) b);
            }
        } else if (escaped) {
            escaped = false;
            aboutTheFile = atLineStart && b == 'y';
            atLineStart = false;
            if (!aboutTheFile) {
                put(b - 64 - 42);
            }
        } else if (b == '=') {
            escaped = true;
        } else {
            atLineStart = false;
            put(b - 42);
        }
    }

    /** One =ybegin, one =ypart behind it if any, the file, and one =yend. */
    private void aboutTheFileEnds() {
        if (!aboutTheFile) {
            return;
        }
        String word = keyword.toString().split(" ", 2)[0];
        switch (word) {
            case "begin" -> doubtful |= begun;
            case "part" -> doubtful |= !begun || content || over;
            case "end" -> doubtful |= !begun || over;
            default -> doubtful = true;
        }
        over |= word.equals("end");
        begun = true;
        keyword.setLength(0);
    }

    private void put(int octet) throws IOException {
        doubtful |= !begun || over;
        content = true;
        if (filled == buffer.length) {
            flush();
        }
        buffer[filled++] = (byte) octet;
    }

    private void flush() throws IOException {
        out.accept(buffer, 0, filled);
        filled = 0;
    }

    @Override
    public void end() {
        aboutTheFileEnds();
    }

    @Override
    public boolean isAsLabelled() {
        return begun && !doubtful;
    }
}
