package sekisho.inspection;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One look into one file: what was found so far, and what may still be spent. Everything that a file can make us do over and over goes
 * through {@link #tick()} or one of the others that count.
 */
final class Look {
    private static final int TICKS_BETWEEN_CLOCKS = 256;
    private static final int STEP = 16 << 10;
    /** What can't be read back and forth is held as a whole up to this, where that leaves as much memory as it takes. */
    private static final int MOST_HELD = 16 << 20;
    /** Formats that keep what they can't compress as it is, in pieces with numbers between them. */
    private static final Set<Format> KEEPING = Set.of(Format.SEVEN_ZIP, Format.XZ, Format.GZIP, Format.PDF);
    /** What is said of a ZIP whose octets don't lie one behind the other. */
    private static final Set<String> IN_PIECES = Set.of("zip-damaged", "zip-disagrees", "zip-unlisted", "zip-split", "beyond-joined", "content-damaged");

    private final InspectionLimits limits;
    private final long started = System.nanoTime();
    private int ticks;
    private int entries;
    private long inflated;
    private int memory;
    private int numbers;
    private int complaints;
    private Protection protection = Protection.NONE;
    private String detail = "none";
    /** Whether a ZIP is looked into that lies in pieces. */
    private boolean inPieces;
    /** Where something begins that was looked into, and as what. */
    private final Set<Visit> visited = new HashSet<>();
    /** ZIPs that were looked into, by what they are a part of. */
    private final Map<Integer, List<Source.Extent>> zips = new HashMap<>();

    private record Visit(int octets, long position, Format format) {
        Visit(Source.Extent extent, Format format) {
            this(extent.octets(), extent.position(), format);
        }
    }

    Look(InspectionLimits limits) {
        this.limits = limits;
    }

    /** One for all octets that are looked into as a whole, so that places in them can be told apart. */
    int nextNumber() {
        return numbers++;
    }

    /** Opens a content from its start, each time anew; the caller closes what it gets. */
    @FunctionalInterface
    interface Content {
        InputStream open() throws IOException;
    }

    /** Memory that is given back when closed. */
    interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    InspectionLimits limits() {
        return limits;
    }

    Protection protection() {
        return protection;
    }

    String detail() {
        return detail;
    }

    /**
     * Notes a finding; the strongest stays, the first of equals.
     *
     * @throws CannotTell when nothing stronger can come
     */
    void found(Protection found, String why) throws CannotTell {
        note(found, why);
        if (found == Protection.PASSWORD) {
            throw CannotTell.atAll(why);
        }
    }

    private void note(Protection found, String why) {
        if (inPieces && IN_PIECES.contains(why)) {
            return;
        }
        complaints += found == Protection.UNKNOWN ? 1 : 0;
        if (found.compareTo(protection) > 0) {
            protection = found;
            detail = why;
        }
    }

    /** One turn of a loop whose length the file decides. */
    void tick() throws CannotTell {
        if (ticks++ % TICKS_BETWEEN_CLOCKS == 0) {
            checkTime();
        }
    }

    /** Before something that takes a while by itself. */
    void checkTime() throws CannotTell {
        if (System.nanoTime() - started > limits.time().toNanos()) {
            throw CannotTell.atAll("beyond-time");
        }
    }

    /** One more file, directory or stream in a container. */
    void entry() throws CannotTell {
        tick();
        if (++entries > limits.entries()) {
            throw CannotTell.atAll("beyond-entries");
        }
    }

    /** So much more came out of a decompressor. */
    void inflated(int octets) throws CannotTell {
        checkTime();
        inflated += octets;
        if (inflated > limits.inflatedOctets()) {
            throw CannotTell.atAll("beyond-inflated");
        }
    }

    /** Octets that this look may still take. */
    int memoryLeft() {
        return limits.memoryOctets() - memory;
    }

    /** Takes memory from what this look may have. */
    Reservation reserve(long octets) throws CannotTell {
        if (octets > memoryLeft()) {
            throw CannotTell.here("beyond-memory");
        }
        int taken = (int) octets;
        memory += taken;
        return new Reservation() {
            private int left = taken;

            @Override
            public void close() {
                memory -= left;
                left = 0; // streams are closed twice now and then
            }
        };
    }

    /** Memory for a content that is held; null when it is larger than {@link #MOST_HELD}, or less than as much would be left. */
    @Nullable Reservation hold(long octets) throws CannotTell {
        return octets > MOST_HELD || octets > memoryLeft() / 2 ? null : reserve(octets);
    }

    /**
     * Looks into a content that is decompressed or decoded: all of it is read, for what may stand behind its start. What holds nothing is read
     * once and held nowhere.
     *
     * @param content is opened as often as its format asks for
     * @return what it is by its start
     */
    Format whole(Content content, int depth) throws IOException {
        tick();
        var sniffer = new Sniffer();
        Format format;
        byte[] buffer = new byte[STEP];
        try (InputStream in = content.open()) {
            int got = in.readNBytes(buffer, 0, Inspector.HEAD_OCTETS);
            sniffer.write(buffer, 0, got);
            format = sniffer.format();
            if (!format.isWorthReading()) {
                while ((got = in.read(buffer)) >= 0) {
                    checkTime();
                    sniffer.write(buffer, 0, got);
                }
            }
        } catch (CannotTell e) {
            goOn(e);
            return Format.UNKNOWN;
        } catch (IOException | RuntimeException _) {
            note(Protection.UNKNOWN, "content-damaged");
            return Format.UNKNOWN;
        }
        if (format.isWorthReading() || sniffer.hasMore()) {
            container(content, depth);
        }
        return format;
    }

    /** Looks into a content of which is known that it is a container, and returns what it is, more exactly where its reader can tell. */
    FileType container(Content content, int depth) throws CannotTell {
        FileType type = Format.UNKNOWN.type();
        var sniffer = new Sniffer();
        boolean before = inPieces;
        try (Replay replay = new Replay(content, this, sniffer)) {
            Source source = Source.of(replay, this);
            try {
                source.size();
                inPieces = false; // it came out whole
            } catch (CannotTell e) {
                goOn(e);
            } catch (IOException | RuntimeException _) {
                note(Protection.UNKNOWN, "content-damaged"); // what stands before that is looked at
            }
            Format format = Signatures.ofWhole(source);
            type = format.isWorthReading() ? into(format, source, depth) : format.type();
            new Strays(this, source, depth).look(format, sniffer);
        } catch (CannotTell e) {
            goOn(e);
        } catch (IOException | RuntimeException _) {
            note(Protection.UNKNOWN, "content-damaged");
        } finally {
            inPieces = before;
        }
        return type;
    }

    /** Looks into a container that is held. */
    void held(Format format, byte[] container, int depth) throws CannotTell {
        var sniffer = new Sniffer();
        sniffer.write(container, 0, container.length);
        Source source = Source.of(Octets.of(container), this);
        into(format, source, depth);
        new Strays(this, source, depth).look(format, sniffer);
    }

    /** Looks into a content that lies open in its container. */
    void inside(Source source, int depth) throws IOException {
        tick();
        Format format;
        try {
            format = Signatures.ofWhole(source);
        } catch (CannotTell e) {
            goOn(e);
            return;
        }
        if (!format.isWorthReading()) {
            if (format == Format.TEXT) {
                text(source, depth);
            }
            return;
        }
        try (Reservation memory = source.seeksCheaply() ? null : hold(source.size())) {
            if (memory == null) {
                into(format, source, depth);
            } else { // its end is read first: to go back costs another decompression of all that is in front
                visit(format, source);
                held(format, source.atMost(0, (int) source.size()), depth);
            }
        }
    }

    /** Whose first line tells of files in it; of its other lines those do that see all that it is a part of. */
    private void text(Source source, int depth) throws IOException {
        byte[] head = source.atMost(0, Inspector.HEAD_OCTETS);
        if (TextFiles.isCalendar(head, head.length)) {
            new CalendarReader(this, source, depth).read();
        } else if (TextFiles.mayBegin(head, head.length)) {
            new TextFiles(this, source, depth).read(false);
        }
    }

    /** Reads one container; whatever goes wrong in it is a finding. Returns what it is, more exactly where its reader can tell. */
    FileType into(Format format, Source source, int depth) throws CannotTell {
        if (depth > limits.depth()) {
            note(Protection.UNKNOWN, "beyond-depth");
            return format.type();
        }
        boolean isTarToo = format.way() != Format.Way.LEAF && format != Format.TAR && startsLikeTar(source);
        int before = complaints;
        FileType type = one(format, source, depth);
        boolean isClear = complaints == before;
        if (isTarToo) {
            one(Format.TAR, source, depth);
        }
        if (format.way() != Format.Way.LEAF && format != Format.ZIP) {   // a mark in front is easily written
            alsoZip(format, isClear, source, depth);
            alsoImage(source);
        }
        return type;
    }

    private FileType one(Format format, Source source, int depth) throws CannotTell {
        visit(format, source);
        try {
            return read(format, source, depth);
        } catch (CannotTell e) {
            goOn(e);
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError _) {
            note(Protection.UNKNOWN, format.type().id() + "-damaged"); // the limits keep errors from happening; here is the net below them
        }
        return format.type();
    }

    private void visit(Format format, Source source) {
        var extent = source.extent();
        visited.add(new Visit(extent, format));
        if (format == Format.ZIP && extent.length() >= 0) {
            zips.computeIfAbsent(extent.octets(), _ -> new ArrayList<>()).add(extent);
        }
    }

    /** ZIPs in a part of something that were looked into, each by itself, with what lies unlisted in them. */
    List<Source.Extent> zipsIn(Source source) {
        var all = source.extent();
        long end = all.length() < 0 ? Long.MAX_VALUE : all.position() + all.length();
        return zips.getOrDefault(all.octets(), List.of()).stream()
                .filter(zip -> zip.position() >= all.position() && zip.position() + zip.length() <= end && !zip.equals(all)).toList();
    }

    /** The name of a tar's first entry may be the mark of something else. Asked before anything is read: to go back costs another decompression. */
    private static boolean startsLikeTar(Source source) {
        try {
            byte[] head = source.atMost(0, Inspector.HEAD_OCTETS);
            return TarReader.isStart(head, head.length);
        } catch (IOException | RuntimeException _) {
            return false; // said by its own reader
        }
    }

    /**
     * Whatever it is by its start, a ZIP may stand behind it, where readers of ZIP look for one. Inside of an OLE2 file (PowerPoint and Excel put parts of
     * newer formats into their streams) it mostly lies in pieces, and so where a compressor kept as it is what it couldn't make smaller: that it can't be
     * read says nothing there, that it asks for a password does.
     *
     * @param isClear whether all of it could be read as what it is by its start
     */
    private void alsoZip(Format format, boolean isClear, Source source, int depth) throws CannotTell {
        boolean isInside;
        try {
            source.size(); // of what is decompressed: to its end, which was read mostly
            long end = ZipReader.endIn(source);
            if (end < 0) {
                return;
            }
            isInside = format == Format.OLE2 ? isInUse(source, end) : isClear && KEEPING.contains(format) && end + ZipReader.END_OCTETS + source.u16(end + 20) < source.size();
        } catch (CannotTell e) {
            goOn(e);
            return;
        } catch (IOException | RuntimeException _) {
            return; // said by its own reader
        }
        zip(source, isInside, depth);
    }

    /** @param mayLieInPieces whether it says nothing that it can't be read */
    void zip(Source source, boolean mayLieInPieces, int depth) throws CannotTell {
        boolean before = inPieces;
        inPieces |= mayLieInPieces;
        try {
            one(Format.ZIP, source, depth);
        } finally {
            inPieces = before;
        }
    }

    /** Of a file that is damaged it isn't known. */
    private boolean isInUse(Source source, long position) {
        try (var file = new CompoundFile(source, this)) {
            return file.isInUse(position);
        } catch (IOException _) {
            return false;
        }
    }

    /** Whatever it is by its start, so may an image of a disk begin. */
    private void alsoImage(Source source) throws CannotTell {
        try {
            Format image = DiskImage.of(source);
            if (image != null) {
                found(Protection.OPAQUE, image.type().id());
            }
        } catch (CannotTell e) {
            goOn(e);
        } catch (IOException | RuntimeException _) {
            // said by its own reader
        }
    }

    /** Whether something of this format was looked into that begins where this does in the file. */
    boolean wasIn(Format format, Source source) {
        return visited.contains(new Visit(source.extent(), format));
    }

    /** This part can't be read on, and the others can; unless the whole look ends. */
    void goOn(CannotTell why) throws CannotTell {
        if (why.ends()) {
            throw why;
        }
        note(Protection.UNKNOWN, why.detail());
    }

    private FileType read(Format format, Source source, int depth) throws IOException {
        return switch (format) {
            case ZIP -> new ZipReader(this, source, depth).read();
            case OLE2 -> new Ole2Reader(this, source, depth).read();
            case SEVEN_ZIP -> { new SevenZipReader(this, source, depth).read(); yield format.type(); }
            case RAR -> { new RarReader(this, source, depth).read(); yield format.type(); }
            case TAR -> { new TarReader(this, source, depth).read(); yield format.type(); }
            case PDF -> { new PdfReader(this, source, depth).read(); yield format.type(); }
            case TNEF -> { new TnefReader(this, source, depth).read(); yield format.type(); }
            case RTF -> { new RtfReader(this, source, depth).read(); yield format.type(); }
            case MESSAGE -> { new MessageReader(this, source, depth).read(); yield format.type(); }
            case SIGNED -> { new CmsReader(this, source, depth).read(); yield format.type(); }
            case PKCS12 -> { new CmsReader(this, source, depth).readStore(); yield format.type(); }
            case PEM -> { new PemReader(this, source, depth).read(); yield format.type(); }
            case KEY -> { found(Protection.PASSWORD, "key-encrypted"); yield format.type(); }
            case DWG -> { DwgReader.read(this, source); yield format.type(); }
            case BINHEX -> { found(Protection.OPAQUE, format.type().id()); yield format.type(); }   // a line in front of a ZIP makes it no BinHex
            case EXE, ELF -> { ProgramReader.read(this, source, depth); yield format.type(); }
            case GZIP, BZIP2, XZ -> { whole(() -> Decoders.open(format, source.stream(), this), depth + 1); yield format.type(); }
            case LZH, ARJ, CAB, RAR_1, ACE, ZOO, ZSTD, LZ4, LZIP, COMPRESS, LZMA, ALZ, EGG, STUFFIT, DMG, WIM, ISO, VHD, VHDX, VDI, VMDK, QCOW, PARALLELS, DISK, SQUASHFS, CRAMFS, AR, CPIO, RPM, XAR,
                    FREEARC, LZOP, CHM, ONENOTE, PST, GPG, AGE, CMS, JKS, OPENSSL, KEEPASS, LUKS, ATTACHE_CASE, AES_CRYPT, AX_CRYPT, RIGHTS_MANAGED, ACCESS -> {
                found(Protection.OPAQUE, format.type().id());
                yield format.type();
            }
            case UNKNOWN, EMPTY, TEXT, PGP, PNG, JPEG, GIF, BMP, TIFF, WEBP, PSD, WAV, MP3, OGG, FLAC, AVI, MP4, HEIC, MKV, SQLITE ->
                format.type();
        };
    }
}
