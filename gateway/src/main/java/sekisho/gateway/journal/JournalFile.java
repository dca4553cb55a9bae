package sekisho.gateway.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file, held open and locked by one process. What {@link #append} returned from is on the disk. A piece of a line that couldn't be written is cut off
 * before the next one is, so it spoils no other.
 */
final class JournalFile implements AutoCloseable {

    private static final int BUFFER = 1 << 16;
    /** Octets; ours have some 300. What is longer can't be read, and isn't kept in memory to find that out. */
    private static final int LONGEST = 1 << 14;

    private final Path path;
    private FileChannel channel;
    /** Behind the last line that is wholly there. */
    private long end;
    private boolean closed;

    private JournalFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        end = channel.size();
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

    /** @throws IOException it is not, or not wholly, on the disk; a part of it is cut off before the next is written */
    synchronized void append(Entry entry) throws IOException {
        if (!channel.isOpen() && !closed) {
            channel = locked(path);    // an interrupted thread closes it
        }
        if (channel.size() < end) {    // somebody shortened it: behind a hole, or a piece of another line, this one couldn't be read
            end = channel.size();
            var last = ByteBuffer.allocate(1);
            if (end > 0 && (channel.read(last, end - 1) < 1 || last.get(0) != '\n')) {
                write(new byte[] {'\n'});
            }
        }
        cutOff();
        write(entry.line());
    }

    private void write(byte[] octets) throws IOException {
        var rest = ByteBuffer.wrap(octets);
        long at = end;
        while (rest.hasRemaining()) {
            at += channel.write(rest, at);
        }
        channel.force(false);
        end = at;
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
