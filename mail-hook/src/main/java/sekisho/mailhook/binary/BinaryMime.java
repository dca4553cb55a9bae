package sekisho.mailhook.binary;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import sekisho.mailhook.mime.codec.OctetConsumer;
import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.Parameters;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.smtp.SmtpReply;

/**
 * Takes a message with binary parts (RFC 3030 §3) as it streams by and gives the same message with these parts in base64: a multipart or a
 * message around them becomes 8bit, everything else passes octet for octet. What comes out has lines that end in CRLF, as from any other
 * client, and only that is split, kept and relayed: whatever this class takes for a part, nothing hides from those who look later.
 *
 * <p>It is strict where others are lenient, since it may refuse: a lone CR or LF, or a NUL, outside of a part that says it is binary, a binary part in
 * something signed (encoding it would break the signature), two fields that contradict each other.
 */
final class BinaryMime {

    private static final SmtpReply BARE_NEWLINE = new SmtpReply(550, "5.6.11", "lone CR or LF outside of a binary part");
    private static final SmtpReply SIGNED = new SmtpReply(550, "5.6.3", "a binary part in something signed can't be converted for the way from here; sign it encoded");
    private static final Set<String> MESSAGES = Set.of("message/rfc822", "message/global");
    private static final Set<String> SEALED = Set.of("multipart/signed", "multipart/encrypted");
    private static final byte[] CRLF = {'\r', '\n'};
    private static final int LONGEST_PADDING = 100;

    private enum State { HEADER, TEXT, BINARY }

    /**
     * A multipart that is open.
     *
     * @param sealed whether it, or one around it, is signed or encrypted as it stands
     * @param digest whether its parts are messages where they don't say what they are
     */
    private record Level(byte[] delimiter, boolean sealed, boolean digest) {
    }

    private final Output out;
    private final int headerOctets;
    private final int lineOctets;
    private final int nesting;
    private final List<Level> levels = new ArrayList<>();
    private final ByteArrayOutputStream header = new ByteArrayOutputStream();
    private State state = State.HEADER;
    /** Whether the header that is read is that of a message inside a part, not of the part. */
    private boolean messageHeader;
    /** HEADER and TEXT: the line so far. BINARY: what may be a delimiter, from its CRLF. */
    private byte[] line = new byte[1024];
    private int length;
    /** How many octets of {@code line} are not the part's: the CRLF that ended its header. */
    private int owed;
    private boolean converted;

    BinaryMime(OctetConsumer to, int headerOctets, int lineOctets, int nesting) {
        this.out = new Output(to);
        this.headerOctets = headerOctets;
        this.lineOctets = lineOctets;
        this.nesting = nesting;
    }

    /** @throws RefusedException the message can't be taken; nothing more is fed then */
    void feed(byte[] octets, int offset, int count) throws IOException {
        for (int i = offset; i < offset + count; i++) {
            if (state == State.BINARY) {
                binary(octets[i]);
            } else {
                text(octets[i]);
            }
        }
        out.flush();
    }

    /** The message is complete; its last line, or a last delimiter, may lack its end. */
    void end() throws IOException {
        switch (state) {
            case HEADER, TEXT -> {
                if (length > 0 && line[length - 1] == '\r') {
                    throw new RefusedException(BARE_NEWLINE);
                }
                if (state == State.HEADER) {
                    header.write(line, 0, length);
                    length = 0;
                    headerEnds(false);
                }
                out.write(line, 0, length);
            }
            case BINARY -> {
                append((byte) '\r');
                append((byte) '\n');
                boolean delimiter = match() >= 0;
                length -= 2;
                if (!delimiter) {
                    out.encode(line, owed, length - owed);
                    length = 0;
                }
                out.encoded();
                out.write(line, owed, length - owed);
                out.write(CRLF, 0, 2);
            }
        }
        length = 0;
        out.flush();
    }

    /** Whether what came out differs from what went in. */
    boolean hasConverted() {
        return converted;
    }

    private void append(byte octet) {
        if (length == line.length) {
            line = Arrays.copyOf(line, 2 * length);
        }
        line[length++] = octet;
    }

    private void text(byte octet) throws IOException {
        if (octet == 0) {
            throw new RefusedException(SmtpReply.NUL);
        }
        boolean afterCr = length > 0 && line[length - 1] == '\r';
        if (afterCr != (octet == '\n')) {
            throw new RefusedException(state != State.HEADER && isSealed() ? SIGNED : BARE_NEWLINE);
        }
        if (length >= lineOctets) {
            throw new RefusedException(new SmtpReply(550, "5.6.0", "a line of the message is longer than " + lineOctets + " octets"));
        }
        append(octet);
        if (octet == '\n') {
            lineEnds();
        }
    }

    private void lineEnds() throws IOException {
        int match = match();
        if (match >= 0) {
            if (state == State.HEADER) {
                headerEnds(false);
            }
            delimited(match);
        } else if (state == State.TEXT) {
            out.write(line, 0, length);
        } else {
            header.write(line, 0, length);
            if (header.size() > headerOctets) {
                throw new RefusedException(new SmtpReply(550, "5.6.0", "a header of the message is longer than " + headerOctets + " octets"));
            }
            if (length == 2) {
                length = 0;
                headerEnds(true);
                return;
            }
        }
        length = 0;
    }

    /** The line is a delimiter, which ends all parts in it. */
    private void delimited(int match) throws IOException {
        int level = match / 2;
        boolean last = match % 2 == 1;
        levels.subList(last ? level : level + 1, levels.size()).clear();
        out.write(line, owed, length - owed);
        length = 0;
        owed = 0;
        messageHeader = false;
        state = last ? State.TEXT : State.HEADER;
    }

    private boolean isSealed() {
        return !levels.isEmpty() && levels.getLast().sealed();
    }

    /** @param closed by its empty line, so that a body follows */
    private void headerEnds(boolean closed) throws IOException {
        byte[] octets = header.toByteArray();
        header.reset();
        var block = HeaderBlock.parse(octets, octets.length);
        var encodings = block.values("content-transfer-encoding");
        var types = block.values("content-type");
        boolean binary = encodings.stream().anyMatch(value -> TransferEncoding.parse(value) == TransferEncoding.BINARY);
        if (binary && (encodings.size() > 1 || types.size() > 1)) {
            throw new RefusedException(new SmtpReply(550, "5.6.0", "a binary part with two fields about its content"));
        }
        if (binary && isSealed()) {
            throw new RefusedException(SIGNED);
        }
        var content = Parameters.parse(types.isEmpty() ? defaultType() : types.getFirst());
        String type = content.value().toLowerCase(Locale.ROOT);
        state = State.TEXT;
        if (type.startsWith("multipart/")) {
            open(content, type);
            rewritten(octets, block, binary, "8bit");
        } else if (MESSAGES.contains(type)) {
            boolean encoded = !encodings.stream().map(TransferEncoding::parse).allMatch(TransferEncoding::isIdentity);
            state = closed && !encoded ? State.HEADER : State.TEXT;
            messageHeader = true;
            rewritten(octets, block, binary, "8bit");
        } else if (binary && type.startsWith("message/")) {
            throw new RefusedException(new SmtpReply(550, "5.6.3", "a binary " + type.replaceAll("[^a-z/-]", "") + " can't be converted"));
        } else {
            rewritten(octets, block, binary, "base64");
            if (binary && closed) {
                state = State.BINARY;
                line[0] = '\r';
                line[1] = '\n';
                length = 2;
                owed = 2;
            }
        }
    }

    /** RFC 2046 §5.1.5. */
    private String defaultType() {
        return !messageHeader && !levels.isEmpty() && levels.getLast().digest() ? "message/rfc822" : "text/plain";
    }

    private void open(Parameters content, String type) throws RefusedException {
        var boundaries = content.readings("boundary");
        if (boundaries.size() != 1 || boundaries.getFirst().isEmpty() || boundaries.getFirst().length() > 200) {
            return;   // then nothing in it is a part to us, and nothing in it may be binary
        }
        if (levels.size() == nesting) {
            throw new RefusedException(new SmtpReply(550, "5.6.0", "more than " + nesting + " multiparts inside each other"));
        }
        levels.add(new Level(("--" + boundaries.getFirst()).getBytes(StandardCharsets.ISO_8859_1), isSealed() || SEALED.contains(type),
            type.equals("multipart/digest")));
    }

    private void rewritten(byte[] octets, HeaderBlock block, boolean binary, String encoding) throws IOException {
        if (!binary) {
            out.write(octets, 0, octets.length);
            return;
        }
        converted = true;
        var field = block.fields().stream().filter(each -> each.name().equals("content-transfer-encoding")).findFirst().orElseThrow();
        out.write(octets, 0, field.start());
        byte[] now = ("Content-Transfer-Encoding: " + encoding + "\r\n").getBytes(StandardCharsets.US_ASCII);
        out.write(now, 0, now.length);
        out.write(octets, field.end(), octets.length - field.end());
    }

    private void binary(byte octet) throws IOException {
        if (length == 0 && octet != '\r') {
            out.encode(octet);
            return;
        }
        append(octet);
        int match = length <= 2 ? (line[length - 1] == CRLF[length - 1] ? MAYBE : NO) : match();
        if (match >= 0) {
            out.encoded();
            delimited(match);
        } else if (match == NO) {
            boolean again = octet == '\r';   // a CR that ends one hope begins the next
            out.encode(line, owed, length - owed - (again ? 1 : 0));
            length = 0;
            owed = 0;
            if (again) {
                append(octet);
            }
        }
    }

    private static final int NO = -2;
    private static final int MAYBE = -1;

    /**
     * Whether the line, which in a binary part begins with the CRLF before it, is a delimiter of an open multipart: twice its level, and one
     * more for a closing one; {@link #MAYBE} while it can become one, else {@link #NO}.
     */
    private int match() {
        int from = state == State.BINARY ? 2 : 0;
        int result = from == length ? MAYBE : NO;
        for (int level = levels.size() - 1; level >= 0; level--) {
            int match = match(levels.get(level).delimiter(), from);
            if (match >= 0) {
                return 2 * level + match;
            }
            result = Math.max(result, match);
        }
        return result;
    }

    private int match(byte[] delimiter, int from) {
        int common = Math.min(length - from, delimiter.length);
        if (!Arrays.equals(line, from, from + common, delimiter, 0, common)) {
            return NO;
        }
        int i = from + delimiter.length;
        boolean last = i < length && line[i] == '-';
        if (last) {
            if (i + 1 < length && line[i + 1] != '-') {
                return NO;
            }
            i += 2;
        }
        int padding = i;
        while (i < length && (line[i] == ' ' || line[i] == '\t')) {
            i++;
        }
        if (i - padding > LONGEST_PADDING) {
            return NO;
        }
        if (i >= length) {
            return MAYBE;
        }
        if (line[i] != '\r' || i + 1 < length && line[i + 1] != '\n') {
            return NO;
        }
        return i + 2 == length ? last ? 1 : 0 : i + 1 == length ? MAYBE : NO;
    }
}
