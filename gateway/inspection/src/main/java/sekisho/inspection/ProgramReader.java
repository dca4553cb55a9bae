package sekisho.inspection;

import java.io.IOException;
import java.util.zip.CRC32;

/** Programs, which may have an archive in them. */
final class ProgramReader {
    private static final int STUB = 4 << 20;
    private static final int STEP = 64 << 10;
    private static final int MOST_MARKS = 8;
    private static final byte[] SEVEN_ZIP = {'7', 'z', (byte) 0xbc, (byte) 0xaf, 0x27, 0x1c};

    private ProgramReader() {}

    /** A program can be a self-extracting archive of any kind: opaque, unless what we recognise in it says more. */
    static void read(Look look, Source source, int depth) throws IOException {
        look.found(Protection.OPAQUE, "program");
        source.size(); // of a compressed one: to its end, once
        int marks = 0;
        byte[] buffer = new byte[STEP];
        for (long at = 0; at < STUB; at += STEP - SEVEN_ZIP.length) {
            int got = source.readUpTo(at, buffer, 0, STEP);
            for (int i = 0; i + SEVEN_ZIP.length <= got && marks < MOST_MARKS; i++) {
                boolean isRar = startsWith(buffer, i, RarReader.MARK);
                if (isRar || startsWith(buffer, i, SEVEN_ZIP)) {
                    marks++;
                    archive(look, isRar ? Format.RAR : Format.SEVEN_ZIP, source.from(at + i), depth);
                }
            }
            if (got < STEP) {
                break;
            }
        }
        if (ZipReader.endsLikeZip(source)) {
            look.into(Format.ZIP, source, depth);
        }
    }

    /** Programs that unpack have the mark among their constants too: what follows must be the start of an archive. */
    private static void archive(Look look, Format format, Source source, int depth) throws IOException {
        if (source.size() <= SevenZipReader.SIGNATURE_OCTETS) {
            return;
        }
        boolean isTrue;
        if (format == Format.RAR) {
            isTrue = source.u8(6) == 0 ? source.u8(9) == 0x73 : source.u8(6) == 1 && source.u8(7) == 0;
        } else {
            var crc = new CRC32();
            crc.update(source.bytes(12, 20));
            isTrue = crc.getValue() == source.u32(8);
        }
        if (isTrue) {
            look.into(format, source, depth);
        }
    }

    private static boolean startsWith(byte[] octets, int at, byte[] mark) {
        if (octets.length - at < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if (octets[at + i] != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
