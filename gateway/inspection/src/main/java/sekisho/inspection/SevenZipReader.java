package sekisho.inspection;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import sekisho.inspection.SevenZipFolder.Bond;
import sekisho.inspection.SevenZipFolder.Coder;

/** 7z: encrypted when a folder of the files, or of the header itself, goes through a cipher. */
final class SevenZipReader {
    static final int SIGNATURE_OCTETS = 32;
    private static final int VERSION_ENDS = 8;
    private static final int RECOVERED_WITHIN = 512;
    private static final int MOST_HEADER = 8 << 20;
    private static final int MOST_ENCODINGS = 4;
    private static final int BUFFER = 16 << 10;

    private final Look look;
    private final Source source;
    private final int depth;

    SevenZipReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    void read() throws IOException {
        byte[] start = source.bytes(0, SIGNATURE_OCTETS);
        if (isUnfinished(start)) {
            look.found(Protection.UNKNOWN, "7z-damaged"); // unless what follows says that it asks for a password
            readAtTheEnd();
            return;
        }
        long size = source.u64(20);
        if (size == 0) {
            if (!isStart(start)) {
                throw CannotTell.here("7z-damaged");
            }
            return; // an archive of nothing
        }
        if (size > MOST_HEADER) {
            throw CannotTell.here("7z-header-too-large");
        }
        long position = Math.addExact(SIGNATURE_OCTETS, source.u64(12));
        // the structures made of it take several times its octets
        try (var _ = look.reserve(4 * size)) {
            read(source.slice(position, size).bytes(0, (int) size), 0);
        }
    }

    /** Whether the 32 octets are the start of an archive as 7-Zip sees one: their CRC is right, or they are those of one that isn't finished. */
    static boolean isStart(byte[] start) {
        var crc = new CRC32();
        crc.update(start, 12, 20);
        return crc.getValue() == (start[8] & 0xff | (start[9] & 0xff) << 8 | (start[10] & 0xff) << 16 | (start[11] & 0xffL) << 24) || isUnfinished(start);
    }

    /** All but the mark and the version is written at last, so an archive that breaks off has zeros there. */
    private static boolean isUnfinished(byte[] start) {
        return (start[6] | start[7]) != 0 && Arrays.equals(start, VERSION_ENDS, SIGNATURE_OCTETS, new byte[SIGNATURE_OCTETS], VERSION_ENDS, SIGNATURE_OCTETS);
    }

    /** 7-Zip opens an archive that isn't finished when a header stands at its end, within these octets and up to a zero, the last it finds that begins like one. */
    private void readAtTheEnd() throws IOException {
        long size = source.size();
        int within = (int) Math.min(RECOVERED_WITHIN, size - SIGNATURE_OCTETS);
        byte[] end = source.bytes(size - within, within);
        if (within < 3 || end[within - 1] != 0) {
            return;
        }
        for (int at = within - 2; at >= 0; at--) {
            if (SevenZipHeader.mayBegin(end[at], end[at + 1])) {
                read(Arrays.copyOfRange(end, at, within), 0);
                return;
            }
        }
    }

    private void read(byte[] octets, int encodings) throws IOException {
        var header = new SevenZipHeader(octets, look);
        int kind = header.kind();
        if (kind == SevenZipHeader.HEADER) {
            header.readMain();
            for (SevenZipFolder folder : header.folders()) {
                judge(folder, "7z-content");
            }
            for (SevenZipFolder folder : header.folders()) {
                content(folder);
            }
            return;
        }
        if (kind != SevenZipHeader.ENCODED_HEADER || encodings == MOST_ENCODINGS) {
            throw CannotTell.here("7z-damaged");
        }
        header.readStreams();
        for (SevenZipFolder folder : header.folders()) {
            judge(folder, "7z-names");
        }
        if (header.folders().isEmpty()) {
            return;
        }
        SevenZipFolder folder = header.folders().getFirst();
        if (folder.unpackSize() > MOST_HEADER) {
            throw CannotTell.here("7z-header-too-large");
        }
        byte[] decoded;
        try (var _ = look.reserve(4 * folder.unpackSize()); InputStream in = open(folder)) {
            decoded = in.readNBytes((int) folder.unpackSize());
        }
        try (var _ = look.reserve(4L * decoded.length)) {
            read(decoded, encodings + 1);
        }
    }

    private void judge(SevenZipFolder folder, String detail) throws CannotTell {
        if (folder.isEncrypted()) {
            look.found(Protection.PASSWORD, detail);
        }
    }

    /** Where a file lies in what comes out of its folder. */
    private record Place(long start, long size) {}

    /**
     * The files of a folder are one stream: each is looked at as it comes by, and those that are worth it are held, or read again when the memory of its
     * decompressor is free.
     */
    private void content(SevenZipFolder folder) throws IOException {
        List<Place> again = new ArrayList<>();
        try (InputStream in = open(folder)) {
            long start = 0;
            for (long size : folder.sizes) {
                look.entry();
                if (!isDone(in, size)) {
                    again.add(new Place(start, size));
                }
                start += size;
            }
        } catch (CannotTell e) {
            if (e.ends()) {
                throw e;
            }
            look.found(Protection.UNKNOWN, e.detail());
        } catch (IOException | RuntimeException _) {
            look.found(Protection.UNKNOWN, "7z-damaged"); // this folder; the others are looked at
        }
        for (Place place : again) {
            look.container(() -> {
                InputStream in = open(folder);
                in.skipNBytes(place.start);
                return new Part(in, place.size);
            }, depth + 1);
        }
    }

    /** Reads one file. Returns false when it is to be looked into. */
    private boolean isDone(InputStream in, long size) throws IOException {
        byte[] head = in.readNBytes((int) Math.min(size, Inspector.HEAD_OCTETS));
        if (head.length < Math.min(size, Inspector.HEAD_OCTETS)) {
            throw CannotTell.here("7z-damaged");
        }
        Format format = Signatures.of(head, head.length);
        if (!format.isWorthReading()) {
            return !hasMore(head, in, size - head.length);
        }
        try (var memory = look.hold(size)) {
            if (memory != null) {
                byte[] held = Arrays.copyOf(head, (int) size);
                if (in.readNBytes(held, head.length, held.length - head.length) < held.length - head.length) {
                    throw CannotTell.here("7z-damaged");
                }
                look.held(format, held, depth + 1);
                return true;
            }
        }
        in.skipNBytes(size - head.length);
        return false;
    }

    /** What is skipped is decoded anyway: whether an archive stands behind its start. */
    private boolean hasMore(byte[] head, InputStream in, long left) throws IOException {
        var sniffer = new Sniffer();
        sniffer.write(head, 0, head.length);
        byte[] buffer = new byte[(int) Math.min(BUFFER, left)];
        while (left > 0) {
            int got = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
            if (got == 0) {
                throw CannotTell.here("7z-damaged");
            }
            look.checkTime();
            sniffer.write(buffer, 0, got);
            left -= got;
        }
        return sniffer.hasMore();
    }

    /** What comes out of a folder whose coders are a chain. */
    private InputStream open(SevenZipFolder folder) throws IOException {
        int output = folder.mainOutput();
        if (folder.coders().stream().anyMatch(coder -> coder.inputs() != 1 || coder.outputs() != 1) || folder.packedSizes.length != 1) {
            throw CannotTell.here("7z-method"); // BCJ2, for programs
        }
        return open(folder, output, folder.coders().size());
    }

    private InputStream open(SevenZipFolder folder, int coder, int left) throws IOException {
        if (left == 0) {
            throw CannotTell.here("7z-damaged"); // a ring
        }
        InputStream in = null;
        for (Bond bond : folder.bonds()) {
            if (bond.input() == coder) {
                in = open(folder, bond.output(), left - 1);
            }
        }
        if (in == null) {
            in = source.slice(Math.addExact(SIGNATURE_OCTETS, folder.packedAt), folder.packedSizes[0]).stream();
        }
        try {
            return decode(folder.coders().get(coder), in, folder.unpackSizes[coder]);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private InputStream decode(Coder coder, InputStream in, long size) throws IOException {
        byte[] properties = coder.properties();
        return switch ((int) Math.min(coder.id(), Integer.MAX_VALUE)) {
            case 0x00 -> in;
            case 0x21 -> Decoders.lzma2(Decoders.buffered(in), look, need(properties, 1)[0] & 0xff, size);
            case 0x030101 -> {
                byte[] five = need(properties, 5);
                long dictionary = five[1] & 0xff | (five[2] & 0xff) << 8 | (five[3] & 0xff) << 16 | (long) (five[4] & 0xff) << 24;
                yield Decoders.lzma(in, look, five[0] & 0xff, dictionary, size);
            }
            case 0x040108 -> Decoders.inflate(in, look);
            case 0x040109 -> Decoders.inflate64(in, look);
            case 0x040202 -> Decoders.bzip2(in, look, true);
            case 0x03030103 -> Decoders.filtered(in, 0x04, properties);
            case 0x03030205 -> Decoders.filtered(in, 0x05, properties);
            case 0x03030401 -> Decoders.filtered(in, 0x06, properties);
            case 0x03030501 -> Decoders.filtered(in, 0x07, properties);
            case 0x03030701 -> Decoders.filtered(in, 0x08, properties);
            case 0x03030805 -> Decoders.filtered(in, 0x09, properties);
            case 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b -> Decoders.filtered(in, coder.id(), properties);
            default -> throw CannotTell.here("7z-method");
        };
    }

    private static byte[] need(byte[] properties, int count) throws CannotTell {
        if (properties.length < count) {
            throw CannotTell.here("7z-damaged");
        }
        return properties;
    }

    /** The next {@code left} octets of a stream. */
    private static final class Part extends InputStream {
        private final InputStream in;
        private long left;

        Part(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            int octet = left == 0 ? -1 : in.read();
            left -= octet < 0 ? 0 : 1;
            return octet;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            int got = left == 0 ? -1 : in.read(into, offset, (int) Math.min(count, left));
            left -= Math.max(got, 0);
            return got;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
