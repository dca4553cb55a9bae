package sekisho.mailhook.mime;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A text that declares no type. In one, Thunderbird takes more for a file than {@link BlockScanner} does: it knows uuencode by its first line alone and
 * minds neither the upper bits of its signs nor three signs too many in a line, and of yEnc it minds no lengths. It looks in the lines as they came, whatever
 * their transfer encoding. Nobody writes so, and it can't be told how far such a file goes: the message is refused.
 *
 * <p>People write about both. Lines of uuencode count when three in a row have the length that they say and hardly a blank; those of yEnc
 * when they are no words in any charset.
 */
final class UntypedText {

    private static final int RUN_LINES = 3;
    private static final int RUN_OCTETS = 60;
    private static final int YENC_OCTETS = 128;
    /** Prose has one in six. */
    private static final int SIGNS_FOR_BLANK = 8;
    /** What {@link BlockScanner} takes hides nothing; it takes two whole lines in a row. */
    private static final int LINES_FOR_ODD_ONE = 4;

    private enum State { TEXT, UUENCODE, YENC_BEGUN, YENC }

    private final BlockLine line = new BlockLine(false);
    private State state = State.TEXT;
    private @Nullable Announcement announced;
    private boolean collecting;
    private boolean inLine;
    private boolean cut;
    private int lines;     // in a row: of uuencode
    private int oddLines;  // among them, that others don't take for it
    private int octets;    // in a row: of either
    private int signs;
    private int blanks;

    void accept(byte[] b, int off, int len) throws Refusal {
        int end = off + len;
        for (int i = off; i < end; i++) {
            if (b[i] == '\n' || b[i] == '\r') {
                line();
                continue;
            }
            if (!inLine) {
                inLine = true;
                collecting = state != State.TEXT || b[i] == 'b' || b[i] == '=';
                line.clear();
                cut = false;
            }
            if (collecting) {
                int from = i;
                while (i + 1 < end && b[i + 1] != '\n' && b[i + 1] != '\r') {
                    i++;
                }
                cut |= line.add(b, from, i + 1 - from) < i + 1 - from;
            }
        }
    }

    void end() throws Refusal {
        line();
    }

    private void line() throws Refusal {
        if (!inLine) {
            return;
        }
        inLine = false;
        if (!collecting) {
            return;
        }
        Announcement next = cut ? null : Announcement.of(line);
        if (next != null && next.isCertain() && (next.kind() == Announcement.Kind.UUENCODE || next.kind() == Announcement.Kind.YENC)) {
            announced = next;
            state = next.kind() == Announcement.Kind.YENC ? State.YENC_BEGUN : State.UUENCODE;
            reset();
            return;
        }
        switch (state) {
            case TEXT -> { }
            case UUENCODE -> uu();
            case YENC_BEGUN -> state = switch (Objects.requireNonNull(announced).next(line, cut)) {
                case WAITS -> State.YENC_BEGUN;
                case FULFILLED -> State.TEXT;   // BlockScanner takes it
                case DISAPPOINTED -> State.YENC;
            };
            case YENC -> { }
        }
        if (state == State.YENC) {
            yenc();
        }
    }

    private void reset() {
        lines = 0;
        oddLines = 0;
        octets = 0;
        signs = 0;
        blanks = 0;
    }

    private void uu() throws Refusal {
        if (line.is("end")) {
            state = State.TEXT;
            return;
        }
        String content = line.content();
        if (cut || !line.isMaskedUu() || isBeyondAscii(content) && isUtf8(content)) {
            reset();
            return;
        }
        lines++;
        oddLines += line.isUu() ? 0 : 1;
        octets += line.uuOctets();
        signs += content.length();
        blanks += (int) content.chars().filter(c -> c == ' ').count();
        if (lines >= RUN_LINES && octets >= RUN_OCTETS && oddLines * LINES_FOR_ODD_ONE >= lines && blanks * SIGNS_FOR_BLANK <= signs) {
            throw refusal();
        }
    }

    private void yenc() throws Refusal {
        if (line.starts("=yend")) {
            state = State.TEXT;
            return;
        }
        octets = isWords(line.content()) ? 0 : octets + line.contentLength();
        if (octets >= YENC_OCTETS) {
            throw refusal();
        }
    }

    /** @param text one char for each octet */
    private static boolean isWords(String text) {
        if (text.chars().anyMatch(c -> c < ' ' && c != '\t' && c != '\f' && c != 0x1B || c == 0x7F)) {
            return false;
        }
        return text.indexOf(' ') >= 0 || text.indexOf('\t') >= 0 || text.indexOf(0x1B) >= 0 || (isBeyondAscii(text) ? isUtf8(text) : text.contains("://"));
    }

    private static boolean isBeyondAscii(String text) {
        return text.chars().anyMatch(c -> c >= 0x80);
    }

    private static boolean isUtf8(String text) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }

    private static Refusal refusal() {
        return Refusal.malformed("a text without a type, and a file in it that only some readers see");
    }
}
