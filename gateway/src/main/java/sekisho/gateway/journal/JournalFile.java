package sekisho.gateway.journal;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file, held open and locked by one process. What {@link #append} returned from is on the disk. A piece of a line that couldn't be written is cut off
 * before the next one is, so it spoils no other.
 */
final class JournalFile implements AutoCloseable {

    private static final int BUFFER = 1 << 16;
    /** Octets; ours have some 300. What is longer can't be read, and isn't kept in memory to find that out. */
    private static final int LONGEST = 1 << 14;

    /** Where the file at the path was found. */
    enum Place {
        /** It is the one that is written. */
        KEPT,
        /** There was none, or another one: it has all now that this process read and wrote. */
        WRITTEN_AGAIN,
        /** There is another one, or not all of it, and what had been written before can't be read any more. */
        LOST
    }

    private final Path path;
    private FileChannel channel;
    /** Which file the channel has, whatever its name is by now. */
    private @Nullable Object key;
    /** Behind the last line that is wholly there. */
    private long end;
    private boolean closed;

    private JournalFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        key = keyOf(path);
        end = channel.size();
    }

    private static @Nullable Object keyOf(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException gone) {
            return null;
        }
    }

    /**
     * What stands in it.
     *
     * @param torn   whether it ended in the middle of a line, as a crash leaves it; that line was cut off. One that lacks its LF alone is none
     * @param broken numbers of lines in its middle that can't be read, from 1
     */
    record Content(List<Entry> entries, boolean torn, List<Integer> broken) {
    }

    /** @throws IOException it can't be made, opened or locked */
    static JournalFile open(Path path) throws IOException {
        return new JournalFile(path, locked(path));
    }

    private static FileChannel locked(Path path) throws IOException {
        boolean fresh = Files.notExists(path);
        var channel = FileChannel.open(path, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            if (channel.tryLock() == null) {
                throw new IOException("another process writes it; each needs one of its own");
            }
            if (fresh) {
                try (var folder = FileChannel.open(path.toAbsolutePath().getParent())) {
                    folder.force(true);
                }
            }
            return channel;
        } catch (OverlappingFileLockException here) {
            channel.close();
            throw new IOException("this process writes it already", here);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    /**
     * Reads it from its beginning, of any size, and cuts off a torn end. Lines may end in CRLF, as an editor leaves them.
     *
     * @throws IOException it can't be read, or has a line that is intact and not understood: a newer version wrote it, and what that shut isn't known
     */
    synchronized Content read() throws IOException {
        var entries = new ArrayList<Entry>();
        var broken = new ArrayList<Integer>();
        var line = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(BUFFER);
        int number = 1;
        long at = 0;
        long whole = 0;
        long size = channel.size();    // 0 for a device, which might be read for ever
        while (at < size && channel.read(buffer.clear(), at) > 0) {
            for (buffer.flip(); buffer.hasRemaining(); at++) {
                byte octet = buffer.get();
                if (octet == '\n') {
                    var entry = entry(line, number);
                    entry.ifPresent(entries::add);
                    if (entry.isEmpty()) {
                        broken.add(number);
                    }
                    number++;
                    whole = at + 1;
                    line.reset();
                } else if (line.size() < LONGEST) {
                    line.write(octet);
                }
            }
        }
        var last = whole < at ? entry(line, number) : Optional.<Entry>empty();
        last.ifPresent(entries::add);
        end = last.isPresent() ? at : whole;
        cutOff();
        if (last.isPresent()) {
            write(new byte[] {'\n'});
        }
        return new Content(entries, whole < at && last.isEmpty(), broken);
    }

    private Optional<Entry> entry(ByteArrayOutputStream octets, int number) throws IOException {
        var text = octets.toString(StandardCharsets.UTF_8);
        var line = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        var entry = Entry.of(line);
        if (entry.isEmpty() && Entry.intact(line)) {
            throw new IOException("a newer version wrote line " + number + ", and what that shut isn't known to this one; start the newer one");
        }
        return entry;
    }

    /**
     * Sees to it that what is written lies at the path: whoever moves or removes the file leaves us one without a name, which ends with the process. To be called
     * now and then.
     *
     * @throws IOException no file can be put there for now; what is written stays in the one that we have
     */
    synchronized Place keepPlace() throws IOException {
        if (closed) {
            return Place.KEPT;
        }
        boolean interrupted = Thread.interrupted();    // it would close both files
        try {
            if (!channel.isOpen()) {    // an interrupted thread closes it
                return reopen();
            }
            if (Objects.equals(key, keyOf(path))) {
                return channel.size() < end ? shortened() : Place.KEPT;
            }
            var there = open(path);
            long left = Math.min(end, channel.size());
            boolean lost = left < end;   // shortened before it was moved
            end = left;
            try {
                there.takeOver(this);
            } catch (IOException failed) {
                there.close();
                throw failed;
            }
            channel.close();
            become(there);
            return lost ? Place.LOST : Place.WRITTEN_AGAIN;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Place reopen() throws IOException {
        var there = open(path);
        if (Objects.equals(key, there.key) && there.end >= end) {    // a new file may be given the number of one that is gone
            channel = there.channel;
            return Place.KEPT;
        }
        become(there);
        return shortened();
    }

    /** Behind a hole, or a piece of another line, what is written next couldn't be read. */
    private Place shortened() throws IOException {
        end = channel.size();
        endLine();
        return Place.LOST;
    }

    private void become(JournalFile there) {
        channel = there.channel;
        key = there.key;
        end = there.end;
    }

    /**
     * Everything that the other one has, behind what is here: in its order, since lines take back earlier ones. Of a file that begins as the other does, as a copy
     * does, only the rest is missing.
     */
    private void takeOver(JournalFile other) throws IOException {
        long before = end;
        try {
            long common = Math.min(end, other.end);
            if (!beginsLike(other, common)) {
                endLine();
                common = 0;
            }
            var buffer = ByteBuffer.allocate(BUFFER);
            for (long at = common; at < other.end; at += buffer.limit()) {
                other.readFully(buffer.clear().limit((int) Math.min(BUFFER, other.end - at)), at);
                writeFully(buffer, end + at - common);
            }
            channel.force(false);
            end += other.end - common;
            endLine();
        } catch (IOException failed) {
            channel.truncate(before);
            throw failed;
        }
    }

    private boolean beginsLike(JournalFile other, long octets) throws IOException {
        var here = ByteBuffer.allocate(BUFFER);
        var there = ByteBuffer.allocate(BUFFER);
        for (long at = 0; at < octets; at += here.limit()) {
            int length = (int) Math.min(BUFFER, octets - at);
            readFully(here.clear().limit(length), at);
            other.readFully(there.clear().limit(length), at);
            if (!here.equals(there)) {
                return false;
            }
        }
        return true;
    }

    private void readFully(ByteBuffer buffer, long from) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new EOFException("the file " + path + " has become shorter");
            }
        }
        buffer.flip();
    }

    private void writeFully(ByteBuffer octets, long at) throws IOException {
        for (long to = at; octets.hasRemaining();) {
            to += channel.write(octets, to);
        }
    }

    /** @throws IOException it is not, or not wholly, on the disk; a part of it is cut off before the next is written */
    synchronized void append(Entry entry) throws IOException {
        keepPlace();
        cutOff();
        write(entry.line());
    }

    private void endLine() throws IOException {
        var last = ByteBuffer.allocate(1);
        if (end > 0 && (channel.read(last, end - 1) < 1 || last.get(0) != '\n')) {
            write(new byte[] {'\n'});
        }
    }

    private void write(byte[] octets) throws IOException {
        writeFully(ByteBuffer.wrap(octets), end);
        channel.force(false);
        end += octets.length;
    }

    private void cutOff() throws IOException {
        if (channel.size() > end) {
            channel.truncate(end);
            channel.force(true);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }
}
