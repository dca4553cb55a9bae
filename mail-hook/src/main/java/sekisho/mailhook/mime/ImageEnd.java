package sekisho.mailhook.mime;

import java.nio.charset.StandardCharsets;
import java.util.Set;

import sekisho.gateway.files.FileInside;

/**
 * Watches the octets of an image for where it ends by its own format, and counts what stands behind but zeros, with which cameras fill up: viewers
 * don't look there, so a file could. PNG (IEND, PNG §11.2.5), JPEG (EOI, ITU T.81 §B.1.1; another JPEG may follow, as cameras write), GIF (trailer,
 * GIF89a §27), WebP (the last chunk of a known kind) and BMP (the last row of pixels), whose headers may claim any size. Other formats don't tell
 * where they end. Nor is it just an image when a file shows in it, wherever its format has room for one.
 */
final class ImageEnd {

    /** Some programs write a line end or fill up; a file of use is larger. */
    static final int MOST_BEHIND = 64;

    private enum Format { UNKNOWN, PNG, JPEG, GIF, WEBP, BMP, ENDLESS }

    /** What the next octets are, once those to skip are skipped. */
    private enum Step { START, PNG_CHUNK, JPEG_MARKER, JPEG_CODE, JPEG_LENGTH, JPEG_SCAN, JPEG_SCAN_CODE, JPEG_AGAIN, GIF_SCREEN, GIF_BLOCK, GIF_LABEL, GIF_IMAGE, GIF_LZW, GIF_SUB, WEBP_CHUNK, BMP_SIZE, BMP_HEADER, BEHIND }

    private static final Set<String> WEBP_CHUNKS = Set.of("VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP", "EXIF", "XMP ", "C2PA");
    private static final int BMP_FILE_HEADER = 14;
    /** How long the header behind the first is: OS/2's, and Windows' in its versions. */
    private static final Set<Integer> BMP_HEADERS = Set.of(12, 40, 52, 56, 108, 124);
    private static final Set<Integer> BMP_BITS = Set.of(1, 2, 4, 8, 16, 24, 32);
    private static final int LONGEST = 124;

    private final FileInside inside = new FileInside();
    private final byte[] want = new byte[LONGEST];
    private Format format = Format.UNKNOWN;
    private Step step = Step.START;
    private int wanted = BMP_FILE_HEADER;
    private int got;
    private long skip;
    private long behind;
    private boolean scan;      // JPEG: what the segment begins
    private long left;         // WebP: how many octets its header says to be behind here
    private long pixels;       // BMP: where they begin

    /** Decoded octets, in blocks of any size. */
    void accept(byte[] b, int off, int len) {
        inside.write(b, off, len);
        read(b, off, len);
    }

    private void read(byte[] b, int off, int len) {
        int i = off;
        int end = off + len;
        while (i < end && format != Format.ENDLESS) {
            if (skip > 0) {
                int n = (int) Math.min(skip, end - i);
                skip -= n;
                i += n;
            } else if (step == Step.BEHIND && format != Format.JPEG) {
                behind += b[i++] == 0 ? 0 : 1;
            } else {
                want[got++] = b[i++];
                if (got == wanted) {
                    got = 0;
                    next();
                }
            }
        }
    }

    private void next() {
        switch (step) {
            case START -> start();
            case PNG_CHUNK -> pngChunk();
            case JPEG_MARKER -> jpegMarker();
            case JPEG_CODE -> jpegCode();
            case JPEG_LENGTH -> {
                skip = Math.max(0, big(0, 2) - 2);
                go(scan ? Step.JPEG_SCAN : Step.JPEG_MARKER, 1);
            }
            case JPEG_SCAN -> go(want[0] == (byte) 0xFF ? Step.JPEG_SCAN_CODE : Step.JPEG_SCAN, 1);
            case JPEG_SCAN_CODE -> jpegScanCode();
            case GIF_SCREEN -> {
                skip = colours(want[4]);
                go(Step.GIF_BLOCK, 1);
            }
            case GIF_BLOCK -> gifBlock();
            case GIF_LABEL -> go(Step.GIF_SUB, 1);
            case GIF_IMAGE -> {
                skip = colours(want[8]);
                go(Step.GIF_LZW, 1);
            }
            case GIF_LZW -> go(Step.GIF_SUB, 1);
            case GIF_SUB -> {
                skip = want[0] & 0xFF;
                go(skip == 0 ? Step.GIF_BLOCK : Step.GIF_SUB, 1);
            }
            case WEBP_CHUNK -> webpChunk();
            case BMP_SIZE -> {
                go(Step.BMP_HEADER, (int) little(0, 4) - 4);
                format = BMP_HEADERS.contains(wanted + 4) ? Format.BMP : Format.ENDLESS;
            }
            case BMP_HEADER -> bmpHeader();
            case JPEG_AGAIN -> {
                behind++;
                go(want[0] == (byte) 0xD8 ? Step.JPEG_MARKER : Step.BEHIND, 1);
            }
            case BEHIND -> behindJpeg();
        }
    }

    private void go(Step to, int octets) {
        step = to;
        wanted = octets;
    }

    /** The first 14 octets tell the format; those of them that belong to what comes next are looked at again. */
    private void start() {
        byte[] first = want.clone();
        String text = new String(first, 0, wanted, StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u0089PNG\r\n\u001A\n")) {
            format = Format.PNG;
            go(Step.PNG_CHUNK, 8);
            read(first, 8, 6);
        } else if (text.startsWith("\u00FF\u00D8\u00FF")) {
            format = Format.JPEG;
            go(Step.JPEG_MARKER, 1);
            read(first, 2, 12);
        } else if (text.startsWith("GIF8")) {
            format = Format.GIF;
            go(Step.GIF_SCREEN, 7);
            read(first, 6, 8);
        } else if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
            format = Format.WEBP;
            left = little(4, 4) - 4;
            go(Step.WEBP_CHUNK, 8);
            read(first, 12, 2);
        } else if (text.startsWith("BM")) {
            format = Format.BMP;
            pixels = little(10, 4);
            go(Step.BMP_SIZE, 4);
        } else {
            format = Format.ENDLESS;
        }
    }

    /** A kind, a size, and so many octets, an odd number of them with one more. Of what is none, or reaches beyond the whole, all is behind the end. */
    private void webpChunk() {
        long size = little(4, 4);
        left -= 8;
        if (size > left || !WEBP_CHUNKS.contains(new String(want, 0, 4, StandardCharsets.ISO_8859_1))) {
            go(Step.BEHIND, 1);
            read(want.clone(), 0, 8);
            return;
        }
        skip = Math.min(size + size % 2, left);
        left -= skip;
        go(left == 0 ? Step.BEHIND : Step.WEBP_CHUNK, left == 0 ? 1 : 8);
    }

    /** What stands between the header and the pixels, but for the palette and masks of colours, could be anything. */
    private void bmpHeader() {
        int header = wanted + 4;
        boolean isOld = header == 12;
        long width = isOld ? little(0, 2) : (int) little(0, 4);
        long height = isOld ? little(2, 2) : Math.abs((int) little(4, 4));   // below 0: from top to bottom
        int bits = (int) little(isOld ? 6 : 10, 2);
        long compression = isOld ? 0 : little(12, 4);
        long masks = header != 40 ? 0 : compression == 3 ? 12 : compression == 6 ? 16 : 0;
        long before = BMP_FILE_HEADER + header + masks;
        long palette = bits > 8 ? 0 : (isOld ? 3L : 4L) << bits;
        long row = (width * bits + 31) / 32 * 4;
        boolean isPlain = compression == 0 || compression == 3 || compression == 6;
        if (!isPlain || !BMP_BITS.contains(bits) || width <= 0 || height <= 0 || row > Integer.MAX_VALUE || pixels < before || pixels > before + palette + MOST_BEHIND) {
            format = Format.ENDLESS;
            return;
        }
        skip = pixels - BMP_FILE_HEADER - header + row * height;
        go(Step.BEHIND, 1);
    }

    private void pngChunk() {
        boolean end = want[4] == 'I' && want[5] == 'E' && want[6] == 'N' && want[7] == 'D';
        skip = end ? 4 : big(0, 4) + 4;   // its checksum too; the last has no content
        if (end) {
            go(Step.BEHIND, 1);
        }
    }

    private void jpegMarker() {
        if (want[0] == (byte) 0xFF) {
            go(Step.JPEG_CODE, 1);
        } else {
            behind++;   // no viewer looks at strays between segments either
        }
    }

    private void jpegCode() {
        int code = want[0] & 0xFF;
        if (code == 0xD9) {
            go(Step.BEHIND, 1);
        } else if (code == 0xFF) {
            go(Step.JPEG_CODE, 1);   // fill
        } else if (code == 0xD8 || code == 0x01 || code == 0 || code >= 0xD0 && code <= 0xD7) {
            go(Step.JPEG_MARKER, 1);
        } else {
            scan = code == 0xDA;
            go(Step.JPEG_LENGTH, 2);
        }
    }

    private void jpegScanCode() {
        int code = want[0] & 0xFF;
        if (code == 0xFF) {
            return;
        }
        if (code == 0 || code >= 0xD0 && code <= 0xD7) {
            go(Step.JPEG_SCAN, 1);
        } else {
            jpegCode();
        }
    }

    /** Another image may follow. */
    private void behindJpeg() {
        behind += want[0] == 0 ? 0 : 1;
        if (want[0] == (byte) 0xFF) {
            go(Step.JPEG_AGAIN, 1);
        }
    }

    private void gifBlock() {
        switch (want[0]) {
            case 0x21 -> go(Step.GIF_LABEL, 1);
            case 0x2C -> go(Step.GIF_IMAGE, 9);
            case 0 -> { }   // some encoders end one block too often
            default -> go(Step.BEHIND, 1);   // the trailer, or what no viewer understands
        }
    }

    private static long colours(byte flags) {
        return (flags & 0x80) == 0 ? 0 : 3L << (flags & 7) + 1;
    }

    private long big(int from, int octets) {
        long value = 0;
        for (int i = from; i < from + octets; i++) {
            value = value << 8 | want[i] & 0xFF;
        }
        return value;
    }

    private long little(int from, int octets) {
        long value = 0;
        for (int i = from + octets - 1; i >= from; i--) {
            value = value << 8 | want[i] & 0xFF;
        }
        return value;
    }

    /** Whether it is an image to its end: one that says where that is, is no shorter, and has nothing in it or behind it that may be a file. */
    boolean isImageToItsEnd() {
        boolean told = format != Format.UNKNOWN && format != Format.ENDLESS;
        return told && behind <= MOST_BEHIND && !inside.isSeen() && (format != Format.WEBP && format != Format.BMP || step == Step.BEHIND && skip == 0);
    }
}
