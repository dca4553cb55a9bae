package sekisho.inspection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Formats by their first octets. */
final class Signatures {
    /** Acrobat takes a PDF whose header is within this. */
    private static final int PDF_WITHIN = 1024;
    private static final byte[] PDF = text("%PDF-");

    private static final byte[] ISO = {'C', 'D', '0', '0', '1'};
    private static final int ISO_AT = 0x8001;

    private record Mark(int at, byte[] octets, Format format) {}

    private static final List<Mark> MARKS = List.of(
            mark(0, "504b0304", Format.ZIP), mark(0, "504b0506", Format.ZIP), mark(0, "504b0708504b0304", Format.ZIP), mark(0, "504b3030504b0304", Format.ZIP),
            mark(0, "377abcaf271c", Format.SEVEN_ZIP), mark(0, "526172211a0700", Format.RAR), mark(0, "526172211a070100", Format.RAR),
            mark(0, "1f8b", Format.GZIP), mark(0, "fd377a585a00", Format.XZ), mark(0, "d0cf11e0a1b11ae1", Format.OLE2), mark(0, "789f3e22", Format.TNEF),
            mark(0, "28b52ffd", Format.ZSTD), mark(0, "04224d18", Format.LZ4), mark(0, "4c5a4950", Format.LZIP), mark(0, "1f9d", Format.COMPRESS),
            mark(0, "4d53434600000000", Format.CAB), mark(7, "2a2a4143452a2a", Format.ACE), mark(20, "dca7c4fd", Format.ZOO),
            mark(0, "4d5357494d000000", Format.WIM), mark(0, "000100005374616e6461726420", Format.ACCESS),
            mark(0, text("age-encryption.org/"), Format.AGE), mark(0, text("-----BEGIN AGE ENCRYPTED FILE-----"), Format.AGE),
            mark(0, text("Salted__"), Format.OPENSSL), mark(0, text("U2FsdGVkX1"), Format.OPENSSL),
            mark(0, "03d9a29a", Format.KEEPASS), mark(0, "4c554b53babe", Format.LUKS),
            mark(0, "89504e470d0a1a0a", Format.PNG), mark(0, "ffd8ff", Format.JPEG), mark(0, text("GIF87a"), Format.GIF), mark(0, text("GIF89a"), Format.GIF),
            mark(0, "49492a00", Format.TIFF), mark(0, "4d4d002a", Format.TIFF), mark(0, text("8BPS"), Format.PSD), mark(8, text("WEBP"), Format.WEBP),
            mark(8, text("WAVE"), Format.WAV), mark(8, text("AVI "), Format.AVI), mark(0, text("ID3"), Format.MP3), mark(0, text("OggS"), Format.OGG),
            mark(0, text("fLaC"), Format.FLAC), mark(4, text("ftyphei"), Format.HEIC), mark(4, text("ftypmif1"), Format.HEIC), mark(4, text("ftyp"), Format.MP4),
            mark(0, "1a45dfa3", Format.MKV), mark(0, text("SQLite format 3\0"), Format.SQLITE), mark(0, "7f454c46", Format.ELF),
            mark(0, text("{\\rtf"), Format.RTF), mark(0, text("AC10"), Format.DWG));

    private Signatures() {}

    /** Beyond the first octets: a disk image by its volume descriptor, and a ZIP that something was put before, by its end. */
    static Format ofWhole(Source source) throws IOException {
        byte[] head = new byte[Inspector.HEAD_OCTETS];
        Format format = of(head, source.readUpTo(0, head, 0, head.length));
        if (format.isWorthReading()) {
            return format;
        }
        if (format == Format.UNKNOWN && source.seeksCheaply() && Arrays.equals(source.atMost(ISO_AT, ISO.length), ISO)) {
            return Format.ISO;
        }
        return ZipReader.endsLikeZip(source) ? Format.ZIP : format;
    }

    /** Where a reader of PDF sees its start, whatever the file is besides; −1 for nowhere. */
    static int pdfAt(byte[] head, int length) {
        return find(head, Math.min(length, PDF_WITHIN), PDF);
    }

    static Format of(byte[] head, int length) {
        if (length == 0) {
            return Format.EMPTY;
        }
        for (Mark mark : MARKS) {
            if (has(head, length, mark.at, mark.octets)) {
                return mark.format;
            }
        }
        Format special = special(head, length);
        return special != null ? special : Text.isText(head, length) ? Format.TEXT : Format.UNKNOWN;
    }

    private static @Nullable Format special(byte[] head, int length) {
        if (has(head, length, 0, text("BZh")) && length > 10 && (has(head, length, 4, hex("314159265359")) || has(head, length, 4, hex("177245385090")))) {
            return Format.BZIP2;
        }
        if (length > 20 && head[2] == '-' && head[3] == 'l' && (head[4] == 'h' || head[4] == 'z') && head[6] == '-') {
            return Format.LZH;
        }
        if (isArj(head, length)) {
            return Format.ARJ;
        }
        if (has(head, length, 0, text("MZ")) && length > 64) {
            return Format.EXE;
        }
        if (has(head, length, 0, text("BM")) && length > 30 && head[6] == 0 && head[7] == 0 && head[8] == 0 && head[9] == 0 && head[15] == 0) {
            return Format.BMP;
        }
        if (TarReader.isHeader(head, length)) {
            return Format.TAR;
        }
        if (pdfAt(head, length) >= 0) {
            return Format.PDF;
        }
        if (find(head, Math.min(length, 128), text("_AttacheCase")) >= 0) {
            return Format.ATTACHE_CASE;
        }
        if (OpenPgp.isEncrypted(head, length)) {
            return Format.GPG;
        }
        return isEnveloped(head, length) ? Format.CMS : null;
    }

    /** 0x60 0xEA, then a header's size of 30 to 2,600 and, in it, the size of its fixed part, which is 30 or a bit more. */
    private static boolean isArj(byte[] head, int length) {
        if (length < 12 || (head[0] & 0xff) != 0x60 || (head[1] & 0xff) != 0xea) {
            return false;
        }
        int size = head[2] & 0xff | (head[3] & 0xff) << 8;
        return size >= 30 && size <= 2600 && head[4] >= 30 && head[4] <= 64;
    }

    /** DER or BER: a sequence that begins with the id of enveloped, encrypted or authenticated-enveloped data (RFC 5652, RFC 5083). */
    private static boolean isEnveloped(byte[] head, int length) {
        if (length < 30 || head[0] != 0x30) {
            return false;
        }
        int at = 2 + (head[1] < 0 ? head[1] & 0x7f : 0);
        return at < 10 && (has(head, length, at, hex("06092a864886f70d010703")) || has(head, length, at, hex("06092a864886f70d010706"))
                || has(head, length, at, hex("060b2a864886f70d0109100117")));
    }

    static boolean has(byte[] head, int length, int at, byte[] mark) {
        if (at + mark.length > length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if (head[at + i] != mark[i]) {
                return false;
            }
        }
        return true;
    }

    static int find(byte[] head, int length, byte[] mark) {
        for (int at = 0; at + mark.length <= length; at++) {
            if (has(head, length, at, mark)) {
                return at;
            }
        }
        return -1;
    }

    private static Mark mark(int at, String hex, Format format) {
        return new Mark(at, hex(hex), format);
    }

    private static Mark mark(int at, byte[] octets, Format format) {
        return new Mark(at, octets, format);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String hex) {
        return java.util.HexFormat.of().parseHex(hex);
    }
}
