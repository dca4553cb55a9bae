package sekisho.inspection;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks into files. Whatever a file holds, {@link #inspect} comes back in bounded time and memory with a finding; what it can't read or
 * mustn't go on reading is {@link Protection#UNKNOWN}. It decompresses as a stream and writes nothing to a disk.
 *
 * <p>Any number of threads may use one inspector at once; each look takes up to {@link InspectionLimits#memoryOctets()}, so the caller bounds
 * how many there are.
 */
public final class Inspector {
    /** How many of a file's first octets {@link #sniff} makes use of. */
    public static final int HEAD_OCTETS = 4096;

    /** Endings of files that are encrypted and have no mark to tell them by. */
    private static final Set<String> ENCRYPTED_BY_NAME = Set.of("gpg", "pgp", "age", "enc", "aes", "axx", "atc", "ed", "tc", "hc", "p7m");

    /** Volumes of split archives. From the second on they are a piece of something, and say nothing. */
    private static final Pattern VOLUME = Pattern.compile("\\.(?:(?:7z|zipx?|rar|tar|tgz|gz|bz2|xz|lzh|alz|egg|exe|dmg)\\.[0-9]{3,4}|z[0-9]{2,3}|[ar][0-9]{2})\\z", Pattern.CASE_INSENSITIVE);

    private final InspectionLimits limits;

    public Inspector(InspectionLimits limits) {
        this.limits = limits;
    }

    /** What a file is by its first octets; {@link #HEAD_OCTETS} of them, or all that it has, tell the most. */
    public static FileType sniff(byte[] head, int length) {
        return Signatures.of(head, Math.min(length, HEAD_OCTETS)).type();
    }

    /**
     * Whether a look into a file of this type can tell more than that it needs no password. An archive behind a picture or the like is
     * seen by its end only, so ask {@link Sniffer#needsLook} where the file streams by.
     */
    public boolean needsLook(FileType type) {
        return Format.wayOf(type) != Format.Way.LEAF;
    }

    /** As below, for a file that no {@link Sniffer} has seen: it is read to its end first. */
    public Findings inspect(String name, Octets octets) throws IOException {
        var sniffer = new Sniffer();
        byte[] buffer = new byte[64 << 10];
        long position = 0;
        for (int got; (got = octets.read(position, buffer, 0, buffer.length)) >= 0; position += got) {
            sniffer.write(buffer, 0, got);
        }
        return inspect(name, octets, sniffer);
    }

    /**
     * Looks into one file.
     *
     * @param name as its sender calls it; only a hint, for the few formats that have no mark of their own, and for a text that is called a message
     * @param sniffed what saw all of the file stream by
     * @return never fails for what the file holds
     * @throws IOException when {@code octets} fails; the look can be taken again
     */
    public Findings inspect(String name, Octets octets, Sniffer sniffed) throws IOException {
        var watched = new Watched(octets);
        var look = new Look(limits);
        FileType type = Format.UNKNOWN.type();
        try {
            Source source = Source.of(watched, look);
            Format format = Signatures.called(name, Signatures.ofWhole(source));
            type = format.type();
            type = look.into(format, source, 1);
            new Strays(look, source, 1).look(format, sniffed);
        } catch (CannotTell e) {
            if (look.protection() != Protection.PASSWORD) {
                watched.rethrow();
                return new Findings(type, Protection.UNKNOWN, e.detail());
            }
        }
        watched.rethrow();
        if (look.protection() == Protection.NONE && type.equals(Format.UNKNOWN.type())) {
            return byName(name, type);
        }
        return new Findings(type, look.protection(), look.detail());
    }

    /** Of what its content doesn't tell. */
    private static Findings byName(String name, FileType type) {
        if (ENCRYPTED_BY_NAME.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT))) {
            return new Findings(type, Protection.OPAQUE, "name");
        }
        return VOLUME.matcher(name).find() ? new Findings(type, Protection.UNKNOWN, "split") : new Findings(type, Protection.NONE, "none");
    }

    /** Remembers that the file itself couldn't be read, which is no finding. */
    private static final class Watched implements Octets {
        private final Octets octets;
        private @Nullable IOException failure;

        Watched(Octets octets) {
            this.octets = octets;
        }

        @Override
        public long size() throws IOException {
            try {
                return octets.size();
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public int read(long position, byte[] into, int offset, int length) throws IOException {
            try {
                return octets.read(position, into, offset, length);
            } catch (IOException e) {
                throw failed(e);
            }
        }

        private CannotTell failed(IOException e) {
            failure = e;
            return CannotTell.atAll("unreadable");
        }

        void rethrow() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }
    }
}
