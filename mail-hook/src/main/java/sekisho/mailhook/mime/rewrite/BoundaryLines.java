package sekisho.mailhook.mime.rewrite;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Sees whether a line of what is written begins like the boundary line of a multipart, which is one to some readers whatever stands behind it
 * (RFC 2046 §5.1.1). A lone CR ends a line too, since relays make a line end of it.
 */
final class BoundaryLines extends OutputStream {

    private final List<String> delimiters;
    private final byte[] line;   // its beginning
    private int length;
    private boolean found;

    /** @param boundaries one char for each octet */
    BoundaryLines(List<String> boundaries) {
        this.delimiters = boundaries.stream().map(boundary -> "--" + boundary).toList();
        this.line = new byte[delimiters.stream().mapToInt(String::length).max().orElse(0)];
    }

    @Override
    public void write(int b) {
        if (b == '\r' || b == '\n') {
            lineEnds();
            length = 0;
        } else if (length < line.length) {
            line[length++] = (byte) b;
        }
    }

    @Override
    public void write(byte[] b, int off, int len) {
        for (int i = off; i < off + len; i++) {
            write(b[i]);
        }
    }

    private void lineEnds() {
        if (length > 0 && line[0] == '-') {
            String beginning = new String(line, 0, length, StandardCharsets.ISO_8859_1);
            found |= delimiters.stream().anyMatch(beginning::startsWith);
        }
    }

    /** Of all that was written, to its end. */
    boolean areThere() {
        lineEnds();
        return found;
    }
}
