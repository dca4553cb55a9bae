package sekisho.inspection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * RTF (1.9.1), in which an embedded object stands as hexadecimal digits. Their octets are an OLE 1 object (MS-OLEDS §2.2.5).
 *
 * <pre>
 * {\object\objemb {\*\objdata 01050000 02000000 ...}}
 * version(4) 2(4) length(4) class  length(4) topic  length(4) item  size(4) octets
 * </pre>
 *
 * The octets are a compound file, or what {@link Ole2Reader#packaged} reads.
 */
final class RtfReader {
    private static final byte[] DATA = "\\objdata".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PACKAGE = "Package\0".getBytes(StandardCharsets.US_ASCII);
    private static final int STEP = 16 << 10;
    private static final int EMBEDDED = 2;
    private static final int BEFORE_CLASS = 8;

    private final Look look;
    private final Source source;
    private final int depth;
    private int matched;
    /** Where the digits begin; −1 outside of them. */
    private long from = -1;

    RtfReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    void read() throws IOException {
        byte[] buffer = new byte[STEP];
        long position = 0;
        for (int got; (got = source.read(position, buffer, 0, STEP)) >= 0; position += got) {
            look.checkTime();
            for (int i = 0; i < got; i++) {
                octet(buffer[i], position + i);
            }
        }
        if (from >= 0) {
            object(position);
        }
    }

    private void octet(byte octet, long at) throws IOException {
        if (from >= 0) {
            if (octet == '}') {
                object(at);
            } else if (!PdfObjects.isSpace(octet) && (Character.digit(octet, 16) < 0 || at == from)) {
                look.found(Protection.UNKNOWN, "rtf-unclear"); // a control word among the digits, or a number that belongs to this one
            }
            return;
        }
        matched = octet == DATA[matched] ? matched + 1 : octet == DATA[0] ? 1 : 0;
        if (matched == DATA.length) {
            matched = 0;
            from = at + 1;
        }
    }

    private void object(long to) throws IOException {
        look.entry();
        Source digits = source.slice(from, to - from);
        from = -1;
        Look.Content content = () -> Decoded.hex(digits.stream());
        look.whole(content, depth + 1); // archives behind whatever it begins with
        try (var octets = new Replay(content, look)) {
            Source all = Source.of(octets, look);
            embedded(all.slice(0, all.size()));   // read to its end, so that what stands there is seen
        } catch (CannotTell e) {
            look.goOn(e);
        } catch (IOException _) {
            look.found(Protection.UNKNOWN, "rtf-damaged"); // this object; the others are looked at
        }
    }

    private void embedded(Source object) throws IOException {
        if (object.u32(4) != EMBEDDED) {
            return;
        }
        boolean isPackage = object.u32(BEFORE_CLASS) == PACKAGE.length && Arrays.equals(object.bytes(BEFORE_CLASS + 4, PACKAGE.length), PACKAGE);
        long at = BEFORE_CLASS;
        for (int i = 0; i < 3; i++) {
            at += 4 + object.u32(at);
        }
        long size = object.u32(at);
        if (isPackage) {
            new Ole2Reader(look, object, depth).packaged(object.slice(at, 4 + size));
        } else {
            look.inside(object.slice(at + 4, size), depth + 1);
        }
    }
}
