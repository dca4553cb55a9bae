package sekisho.inspection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Formats by their first octets. */
final class Signatures {
    /** Acrobat takes a PDF whose header is within this, and its end. */
    static final int PDF_WITHIN = 1024;
    private static final byte[] PDF = text("%PDF-");
    private static final byte[] PDF_END = text("startxref");
    /** What needs not begin with the first octet: in a picture, say, that is looked for besides. */
    private static final Set<Format> FURTHER_BEHIND = Set.of(Format.PDF, Format.GPG, Format.BINHEX, Format.ATTACHE_CASE);
    private static final byte[] RIFF = text("RIFF");
    private static final byte[] FTYP = text("ftyp");

    private static final byte[] CPIO = text("07070");
    /** A frame that is passed over, in front of others. */
    private static final byte[] SKIPPABLE = hex("2a4d18");
    private static final byte[] BZIP2 = text("BZh");
    private static final byte[] BZIP2_BLOCK = hex("314159265359");
    private static final byte[] BZIP2_END = hex("177245385090");
    private static final byte[] ATTACHE_CASE = text("_AttacheCase");
    /** A line of it (RFC 1741 §4); what stands in front is prose. */
    private static final byte[] BINHEX = text("(This file must be converted with BinHex");
    private static final byte[] DATA = hex("06092a864886f70d010701");
    private static final byte[] SIGNED = hex("06092a864886f70d010702");
    private static final byte[] ENVELOPED = hex("06092a864886f70d010703");
    private static final byte[] ENCRYPTED = hex("06092a864886f70d010706");
    private static final byte[] AUTH_ENVELOPED = hex("060b2a864886f70d0109100117");
    private static final byte[] COMPRESSED = hex("060b2a864886f70d0109100109");
    private static final byte[] VERSION_3 = hex("020103");
    private static final byte[] PKCS5 = hex("2a864886f70d0105");
    private static final byte[] PKCS12_CIPHERS = hex("2a864886f70d010c01");

    /** @param wordy whether a text may begin so: what the format has behind it no text has (zeros, a 1) */
    private record Mark(int at, byte[] octets, Format format, boolean wordy) {
        boolean isOf(byte[] head, int length) {
            return at < length && head[at] == octets[0] && has(head, length, at, octets) && !(wordy && Text.isText(head, length));
        }
    }

    private static final List<Mark> MARKS = List.of(
            mark(0, "504b0304", Format.ZIP), mark(0, "504b0506", Format.ZIP), mark(0, "504b0708504b0304", Format.ZIP), mark(0, "504b3030504b0304", Format.ZIP),
            mark(0, "377abcaf271c", Format.SEVEN_ZIP), mark(0, "526172211a0700", Format.RAR), mark(0, "526172211a070100", Format.RAR),
            mark(0, "52457e5e", Format.RAR_1),
            mark(0, "1f8b08", Format.GZIP), mark(0, "fd377a585a00", Format.XZ), mark(0, "d0cf11e0a1b11ae1", Format.OLE2), mark(0, "789f3e22", Format.TNEF),
            mark(0, "28b52ffd", Format.ZSTD), mark(0, "04224d18", Format.LZ4), wordy("LZIP", Format.LZIP), mark(0, "1f9d", Format.COMPRESS),
            mark(0, "4d53434600000000", Format.CAB), mark(7, "2a2a4143452a2a", Format.ACE), mark(20, "dca7c4fd", Format.ZOO),
            mark(0, "414c5a01", Format.ALZ), mark(0, "4547474100", Format.EGG), mark(10, text("rLau"), Format.STUFFIT), mark(0, text("StuffIt!"), Format.STUFFIT),
            mark(0, text("StuffIt (c)1997-"), Format.STUFFIT), wordy("encrcdsa", Format.DMG),
            mark(0, "4d5357494d000000", Format.WIM), wordy("conectix", Format.VHD), wordy("vhdxfile", Format.VHDX),
            wordy("KDMV", Format.VMDK), wordy("COWD", Format.VMDK), mark(0, text("# Disk DescriptorFile"), Format.VMDK), mark(0, "514649fb", Format.QCOW),
            wordy("WithoutFreeSpace", Format.PARALLELS), wordy("WithouFreSpacExt", Format.PARALLELS), mark(0, "00ffffffffffffffffffff00", Format.ISO),
            wordy("hsqs", Format.SQUASHFS), wordy("sqsh", Format.SQUASHFS), mark(0, "453dcd28", Format.CRAMFS), mark(0, "28cd3d45", Format.CRAMFS),
            mark(0, text("!<arch>\n"), Format.AR), mark(0, text("!<thin>\n"), Format.AR), mark(0, "edabeedb", Format.RPM), mark(0, text("xar!\0"), Format.XAR),
            mark(0, "41724301", Format.FREEARC), mark(0, "894c5a4f000d0a1a0a", Format.LZOP), mark(0, "02214c18", Format.LZ4),
            mark(0, text("ITSF\3\0\0\0"), Format.CHM), mark(0, "e4525c7b8cd8a74daeb15378d02996d3", Format.ONENOTE), wordy("!BDN", Format.PST),
             mark(0, "000100005374616e6461726420", Format.ACCESS),
            mark(0, text("age-encryption.org/"), Format.AGE), mark(0, text("-----BEGIN AGE ENCRYPTED FILE-----"), Format.AGE),
            mark(0, "feedfeed000000", Format.JKS), mark(0, "cececece000000", Format.JKS),
            mark(0, text("Salted__"), Format.OPENSSL), mark(0, text("U2FsdGVkX1"), Format.OPENSSL),
            mark(0, "4145530000", Format.AES_CRYPT), mark(0, "4145530100", Format.AES_CRYPT), mark(0, "4145530200", Format.AES_CRYPT),
            mark(0, "c0b9072e4f93f146a015792ca1d9e821", Format.AX_CRYPT), mark(0, "76e80460c411e386", Format.RIGHTS_MANAGED),
            mark(0, "03d9a29a", Format.KEEPASS), mark(0, "4c554b53babe", Format.LUKS),
            mark(0, "89504e470d0a1a0a", Format.PNG), mark(0, "ffd8ff", Format.JPEG), wordy("GIF87a", Format.GIF), wordy("GIF89a", Format.GIF),
            mark(0, "49492a00", Format.TIFF), mark(0, "4d4d002a", Format.TIFF), wordy("8BPS", Format.PSD), wordy("ID3", Format.MP3), wordy("OggS", Format.OGG), wordy("fLaC", Format.FLAC),
            mark(0, "1a45dfa3", Format.MKV), mark(0, text("SQLite format 3\0"), Format.SQLITE), mark(0, "7f454c46", Format.ELF),
            mark(0, text("{\\rt"), Format.RTF), mark(0, text("AC10"), Format.DWG));

    private Signatures() {}

    /** Beyond the first octets: a disk image by where those have their marks, whatever is in front of these, and a ZIP that something was put before, by its end. */
    static Format ofWhole(Source source) throws IOException {
        byte[] head = new byte[Inspector.HEAD_OCTETS];
        int length = source.readUpTo(0, head, 0, head.length);
        Format format = of(head, length);
        if (format.isWorthReading()) {
            return format;
        }
        Format image = DiskImage.of(source);
        if (image != null) {
            return image;
        }
        if (format == Format.UNKNOWN && OpenPgp.mayGoOn(head, length) && OpenPgp.isEncrypted(source)) {
            return Format.GPG;
        }
        if (ZipReader.endsLikeZip(source)) {
            return Format.ZIP;
        }
        int within = format == Format.TEXT || format == Format.UNKNOWN ? (int) Math.min(source.hasItsEnd() ? source.size() : 0, PDF_WITHIN) : 0;
        return within > 0 && endsLikePdf(source.bytes(source.size() - within, within)) ? Format.PDF : format;
    }

    /** Where a reader of PDF sees its start, whatever the file is besides; −1 for nowhere. */
    static int pdfAt(byte[] head, int length) {
        return find(head, Math.min(length, PDF_WITHIN), PDF);
    }

    static Format of(byte[] head, int length) {
        if (length == 0) {
            return Format.EMPTY;
        }
        Format leaf = media(head, length);
        for (Mark mark : MARKS) {
            if (mark.isOf(head, length)) {
                if (mark.format.isWorthReading()) {
                    return mark.format;
                }
                leaf = leaf == null ? mark.format : leaf;
            }
        }
        // a tar's first entry, a mail's first field, the first octets of a program may begin as others do who need no look
        Format special = special(head, length);
        if (special != null && (leaf == null || !FURTHER_BEHIND.contains(special))) {
            return special;
        }
        if (leaf != null) {
            return leaf;
        }
        if (!Text.isText(head, length)) {
            return OpenPgp.isKeyOrSignature(head, length) ? Format.PGP : Format.UNKNOWN;
        }
        return isArmoured(head, length) ? Format.PEM : Format.TEXT;
    }

    /** Those whose mark has the size of something in front. */
    private static @Nullable Format media(byte[] head, int length) {
        if (length < 16) {
            return null;
        }
        if (has(head, length, 0, RIFF)) {
            String kind = new String(head, 8, 4, StandardCharsets.ISO_8859_1);
            return switch (kind) {
                case "WEBP" -> Format.WEBP;
                case "WAVE" -> Format.WAV;
                case "AVI " -> Format.AVI;
                default -> null;
            };
        }
        if (head[0] != 0 || head[1] != 0 || !has(head, length, 4, FTYP)) {
            return null;
        }
        return has(head, length, 8, text("hei")) || has(head, length, 8, text("mif1")) ? Format.HEIC : Format.MP4;
    }

    /** Of a text programs go by the ending of its name: those for mail read on behind lines that are no field. */
    static Format called(String name, Format format) {
        return format == Format.TEXT && name.toLowerCase(Locale.ROOT).endsWith(".eml") ? Format.MESSAGE : format;
    }

    /** Without a header programs for PDF go by its end. */
    static boolean endsLikePdf(byte[] tail) {
        return find(tail, tail.length, PDF_END) >= 0;
    }

    /** A text with a block of PEM or the like, which may have others behind it. */
    private static boolean isArmoured(byte[] head, int length) {
        if (has(head, length, 0, PemReader.PUTTY)) {
            return true;
        }
        for (int at = find(head, 0, length, PemReader.BEGIN); at >= 0; at = find(head, at + 1, length, PemReader.BEGIN)) {
            int line = at;
            while (line > 0 && head[line - 1] != '\n') {
                line--;
            }
            if (PemReader.isTelling(PemReader.labelOf(new String(head, line, Math.min(length - line, 200), StandardCharsets.ISO_8859_1)))) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Format special(byte[] head, int length) {
        if (MessageHeader.startsMessage(head, length)) {
            return Format.MESSAGE;
        }
        if (length > 10 && has(head, length, 0, BZIP2) && (has(head, length, 4, BZIP2_BLOCK) || has(head, length, 4, BZIP2_END))) {
            return Format.BZIP2;
        }
        if (length > 20 && head[2] == '-' && head[3] == 'l' && (head[4] == 'h' || head[4] == 'z') && head[6] == '-') {
            return Format.LZH;
        }
        if (isArj(head, length)) {
            return Format.ARJ;
        }
        if (isCpio(head, length)) {
            return Format.CPIO;
        }
        if (length > 8 && (head[0] & 0xf0) == 0x50 && has(head, length, 1, SKIPPABLE)) {
            return Format.ZSTD;   // or LZ4
        }
        if (isLzma(head, length)) {
            return Format.LZMA;
        }
        if (length > 64 && head[0] == 'M' && head[1] == 'Z' && !Text.isText(head, length)) {   // Windows looks where the number at 0x3c says: of four letters, far behind
            return Format.EXE;
        }
        if (TarReader.isStart(head, length)) {
            return Format.TAR;
        }
        Format image = DiskImage.inHead(head, length);
        if (image != null) {
            return image;
        }
        if (length > 30 && head[0] == 'B' && head[1] == 'M' && head[6] == 0 && head[7] == 0 && head[8] == 0 && head[9] == 0 && head[15] == 0) {
            return Format.BMP;
        }
        if (pdfAt(head, length) >= 0) {
            return Format.PDF;
        }
        if (find(head, Math.min(length, 128), ATTACHE_CASE) >= 0) {
            return Format.ATTACHE_CASE;
        }
        if (OpenPgp.isEncrypted(head, length)) {
            return Format.GPG;
        }
        for (int at = find(head, length, BINHEX); at >= 0; at = find(head, at + 1, length, BINHEX)) {
            if (at == 0 || head[at - 1] == '\n' || head[at - 1] == '\r') {
                return Format.BINHEX;
            }
        }
        return der(head, length);
    }

    /** 0x60 0xEA, then a header's size of 30 to 2,600 and, in it, the size of its fixed part, which is 30 or a bit more. */
    private static boolean isArj(byte[] head, int length) {
        if (length < 12 || (head[0] & 0xff) != 0x60 || (head[1] & 0xff) != 0xea) {
            return false;
        }
        int size = head[2] & 0xff | (head[3] & 0xff) << 8;
        return size >= 30 && size <= 2600 && head[4] >= 30 && head[4] <= 64;
    }

    /** Its digits say how long a name is in one of four ways; the two with few have no mark but two octets, so the name must end where it should. */
    private static boolean isCpio(byte[] head, int length) {
        if (has(head, length, 0, CPIO)) {
            int newest = digits(head, 6, Math.min(length, 110), 16);
            return (head[5] == '1' || head[5] == '2') && newest == 110 || head[5] == '7' && digits(head, 6, Math.min(length, 76), 8) == 76;
        }
        if (length < 28 || !((head[0] & 0xff) == 0xc7 && head[1] == 0x71 || head[0] == 0x71 && (head[1] & 0xff) == 0xc7)) {
            return false;
        }
        int low = head[0] == 0x71 ? 1 : 0;
        int name = head[20 + low] & 0xff | (head[21 - low] & 0xff) << 8;
        return name > 1 && name <= 1024 && 26 + name <= length && head[25 + name] == 0 && head[26] != 0;
    }

    /** Where the digits end that begin there. */
    private static int digits(byte[] head, int from, int to, int radix) {
        int at = from;
        while (at < to && Character.digit(head[at], radix) >= 0) {
            at++;
        }
        return at;
    }

    /**
     * What programs write: 0x5D, a dictionary of 2ⁿ or 3·2ⁿ octets, a size that is unknown or below 256 GiB, and the 0 with which the coder begins. It
     * has no mark.
     */
    private static boolean isLzma(byte[] head, int length) {
        if (length < 18 || head[0] != 0x5d || head[13] != 0) {
            return false;
        }
        long dictionary = 0;
        long size = 0;
        for (int i = 7; i >= 0; i--) {
            dictionary = i < 4 ? dictionary << 8 | head[1 + i] & 0xff : 0;
            size = size << 8 | head[5 + i] & 0xff;
        }
        long odd = dictionary >> Long.numberOfTrailingZeros(dictionary);
        return dictionary >= 4096 && (odd == 1 || odd == 3) && size >= -1 && size < 1L << 38;
    }

    /** DER or BER: a sequence that begins with one of the ids of CMS (RFC 5652, RFC 5083, RFC 3274), or like PKCS #12 or an encrypted key (RFC 5958). */
    private static @Nullable Format der(byte[] head, int length) {
        if (length < 30 || head[0] != 0x30) {
            return null;
        }
        int at = inElement(head, 0);
        if (at < 10) {
            if (has(head, length, at, ENVELOPED) || has(head, length, at, ENCRYPTED) || has(head, length, at, AUTH_ENVELOPED)) {
                return Format.CMS;
            }
            if (has(head, length, at, SIGNED) || has(head, length, at, COMPRESSED)) {
                return Format.SIGNED;
            }
            if (has(head, length, at, VERSION_3) && head[at + 3] == 0x30) {
                int id = inElement(head, at + 3);
                return id < 16 && (has(head, length, id, DATA) || has(head, length, id, SIGNED)) ? Format.PKCS12 : null;
            }
            if (head[at] == 0x30) {
                int id = inElement(head, at);
                return id < 16 && head[id] == 6 && (has(head, length, id + 2, PKCS5) || has(head, length, id + 2, PKCS12_CIPHERS)) ? Format.KEY : null;
            }
        }
        return null;
    }

    /** Where the content of an element begins. */
    private static int inElement(byte[] head, int at) {
        return at + 2 + (head[at + 1] < 0 ? head[at + 1] & 0x7f : 0);
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
        return find(head, 0, length, mark);
    }

    private static int find(byte[] head, int from, int length, byte[] mark) {
        for (int at = from; at + mark.length <= length; at++) {
            if (head[at] == mark[0] && has(head, length, at, mark)) {
                return at;
            }
        }
        return -1;
    }

    private static Mark mark(int at, String hex, Format format) {
        return new Mark(at, hex(hex), format, false);
    }

    private static Mark mark(int at, byte[] octets, Format format) {
        return new Mark(at, octets, format, false);
    }

    private static Mark wordy(String first, Format format) {
        return new Mark(0, text(first), format, true);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String hex) {
        return java.util.HexFormat.of().parseHex(hex);
    }
}
