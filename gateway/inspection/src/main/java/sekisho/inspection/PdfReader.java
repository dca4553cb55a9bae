package sekisho.inspection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * PDF (ISO 32000). One pass over the file looks for the key {@code Encrypt} of a trailer, which never lies in anything compressed: a file
 * without it opens without a password, whatever its cross-reference table is like. With it, the dictionary that it names tells whether the
 * empty password opens the file; then only its owner set one, and nobody is asked. The same pass notes where streams are, into which
 * {@link PdfStreams} looks when there are files among them.
 */
final class PdfReader {
    private static final int MOST_KEYS = 32;
    private static final int LONGEST_DICTIONARY = 32 << 10;
    private static final int LONGEST_NAME = 32;
    private static final int STEP = 64 << 10;
    private static final int OVERLAP = 128;
    private static final byte[] STREAM = {'s', 't', 'r', 'e', 'a', 'm'};
    private static final int BACK = 16;
    private static final int MOST_STREAMS = 256 << 10;

    private final Look look;
    private final Source source;
    private final int depth;
    private final List<Long> encrypts = new ArrayList<>();
    private final List<Long> ids = new ArrayList<>();
    /** Where their keywords stand. */
    private long[] streams = new long[256];
    private int streamCount;
    private boolean hasFiles;
    private boolean hasObjectStreams;
    private final List<Look.Reservation> reserved = new ArrayList<>();

    PdfReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    void read() throws IOException {
        try {
            readAll();
        } finally {
            reserved.forEach(Look.Reservation::close);
        }
    }

    private void readAll() throws IOException {
        scan(this::keys);
        PdfCipher cipher = null;
        if (!encrypts.isEmpty()) {
            Opening opening = opening();
            if (!opening.isOpen) {
                return;
            }
            cipher = opening.cipher;
        }
        try (var inside = new PdfStreams(look, source, depth, cipher)) {
            for (int i = 0; i < streamCount && hasObjectStreams && !hasFiles; i++) {
                hasFiles = inside.namesFiles(streams[i]);
            }
            for (int i = 0; i < streamCount && hasFiles; i++) {
                try {
                    inside.look(streams[i]);
                } catch (CannotTell e) {
                    look.goOn(e);
                } catch (IOException _) {
                    look.found(Protection.UNKNOWN, "pdf-damaged"); // this stream; the others are looked at
                }
            }
        }
    }

    /** @param isOpen whether its streams can be read, @param cipher null when they aren't encrypted */
    private record Opening(boolean isOpen, @Nullable PdfCipher cipher) {}

    private Opening opening() throws IOException {
        var dictionaries = new ArrayList<Long>();
        var wanted = new LinkedHashSet<String>();
        for (long at : encrypts) {
            Object value = new PdfObjects(source.atMost(at, LONGEST_DICTIONARY), look).value();
            if (value instanceof PdfObjects.Reference(long number, long generation)) {
                wanted.add(number + " " + generation);
            } else if (value instanceof PdfObjects.Dictionary) {
                dictionaries.add(at);
            }
        }
        if (!wanted.isEmpty()) {
            scan((buffer, length, position) -> objects(buffer, length, position, wanted, dictionaries));
        }
        boolean isUnderstood = false;
        var openings = new ArrayList<Opening>();
        List<byte[]> fileIds = fileIds();
        for (long at : dictionaries) {
            look.tick();
            if (new PdfObjects(source.atMost(at, LONGEST_DICTIONARY), look).value() instanceof PdfObjects.Dictionary dictionary) {
                isUnderstood |= judge(dictionary, fileIds, openings);
            }
        }
        if (!isUnderstood) {
            look.found(Protection.UNKNOWN, "pdf-unclear");
        }
        return openings.isEmpty() ? new Opening(false, null) : openings.getLast();
    }

    private boolean judge(PdfObjects.Dictionary dictionary, List<byte[]> fileIds, List<Opening> openings) throws IOException {
        String filter = dictionary.name("Filter");
        if (filter.isEmpty()) {
            return false;
        }
        if (!filter.equals("Standard")) {
            look.found(Protection.OPAQUE, "pdf-rights");
            return true;
        }
        PdfEncryption.Opened opened = PdfEncryption.openWithout(dictionary, fileIds);
        switch (opened.answer()) {
            case OPENS -> {
                if (opened.key().length == 0) {
                    look.found(Protection.UNKNOWN, "pdf-unclear");
                } else {
                    openings.add(new Opening(true, new PdfCipher(dictionary, opened.key())));
                }
            }
            case ASKS -> look.found(Protection.PASSWORD, "pdf-user-password");
            case UNCLEAR -> look.found(Protection.UNKNOWN, "pdf-unclear");
        }
        return true;
    }

    /** The first string of each {@code ID}: more than one when the file was changed by appending; they agree then. */
    private List<byte[]> fileIds() throws IOException {
        var found = new ArrayList<byte[]>();
        for (long at : ids) {
            if (new PdfObjects(source.atMost(at, 1024), look).value() instanceof PdfObjects.Array(List<Object> values) && !values.isEmpty()
                    && values.getFirst() instanceof byte[] id) {
                found.add(id);
            }
        }
        found.add(new byte[0]);
        return found;
    }

    @FunctionalInterface
    private interface Eye {
        /** Looks at what begins before {@code length}, which lies at {@code position}; {@link #OVERLAP} more octets may follow. */
        void see(byte[] buffer, int length, long position) throws IOException;
    }

    private void scan(Eye eye) throws IOException {
        byte[] buffer = new byte[STEP + OVERLAP];
        int kept = 0;
        for (long position = 0; ; ) {
            int got = source.readUpTo(position + kept, buffer, kept, buffer.length - kept);
            look.checkTime();
            int all = kept + got;
            boolean isLast = all < buffer.length;
            eye.see(buffer, isLast ? all : STEP, position);
            if (isLast) {
                return;
            }
            System.arraycopy(buffer, STEP, buffer, 0, OVERLAP);
            java.util.Arrays.fill(buffer, OVERLAP, buffer.length, (byte) 0);
            kept = OVERLAP;
            position += STEP;
        }
    }

    private void keys(byte[] buffer, int length, long position) throws IOException {
        for (int i = 0; i < length; i++) {
            if (buffer[i] == 's') {
                stream(buffer, i, position);
                continue;
            }
            if (buffer[i] != '/') {
                continue;
            }
            byte next = i + 1 < buffer.length ? buffer[i + 1] : 0;
            if (next != 'E' && next != 'I' && next != 'O' && next != '#') {
                continue;
            }
            var name = new StringBuilder();
            int end = PdfObjects.name(buffer, i + 1, LONGEST_NAME, name);
            switch (name.toString()) {
                case "Encrypt" -> add(encrypts, position + end);
                case "EF" -> hasFiles = true;
                case "ObjStm" -> hasObjectStreams = true;
                case "ID" -> {
                    if (ids.size() < MOST_KEYS) {
                        ids.add(position + end);
                    }
                }
                default -> { }
            }
        }
    }

    /** Where the keyword stands behind a dictionary, with white space behind it. */
    private void stream(byte[] buffer, int at, long position) throws IOException {
        if (at + STREAM.length >= buffer.length || !Signatures.has(buffer, buffer.length, at, STREAM) || !PdfObjects.isSpace(buffer[at + STREAM.length])) {
            return;
        }
        int back = (int) Math.min(position + at, BACK);
        byte[] before = source.bytes(position + at - back, back);
        int end = back;
        while (end > 0 && PdfObjects.isSpace(before[end - 1])) {
            end--;
        }
        if (end < 2 || before[end - 1] != '>' || before[end - 2] != '>') {
            return;
        }
        if (streamCount == streams.length) {
            if (streamCount == MOST_STREAMS) {
                throw CannotTell.here("pdf-unclear");
            }
            reserved.add(look.reserve(3L * Long.BYTES * streamCount));
            streams = java.util.Arrays.copyOf(streams, 4 * streamCount);
        }
        streams[streamCount++] = position + at;
    }

    private static void add(List<Long> positions, long position) throws CannotTell {
        if (positions.size() == MOST_KEYS) {
            throw CannotTell.here("pdf-unclear");
        }
        positions.add(position);
    }

    /** Where {@code N G obj} is one of those wanted, what follows. An encryption dictionary is never in an object stream (§7.5.7). */
    private void objects(byte[] buffer, int length, long position, Set<String> wanted, List<Long> dictionaries) throws IOException {
        for (int i = 0; i < Math.min(length, buffer.length - 3); i++) {
            if (buffer[i] != 'o' || buffer[i + 1] != 'b' || buffer[i + 2] != 'j') {
                continue;
            }
            int back = (int) Math.min(position + i, 48);
            byte[] before = source.bytes(position + i - back, back);
            if (wanted.contains(PdfObjects.numbersBefore(before))) {
                add(dictionaries, position + i + 3);
            }
        }
    }
}
