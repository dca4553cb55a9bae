package sekisho.gateway.journal;

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
import java.util.Set;

/**
 * The file, held open and locked by one process. What {@link #append} returned from is on the disk. A piece of a line that couldn't be written is cut off
 * before the next one is, so it spoils no other.
 */
final class JournalFile implements AutoCloseable {

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
     * @param torn   whether it ended in the middle of a line, as a crash leaves it; that line was cut off
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

    /** Reads it from its beginning, and cuts off a torn end. */
    synchronized Content read() throws IOException {
        byte[] octets = octets();
        int whole = octets.length;
        while (whole > 0 && octets[whole - 1] != '\n') {
            whole--;
        }
        boolean torn = whole < octets.length;
        end = whole;
        if (torn) {
            cutOff();
        }
        var entries = new ArrayList<Entry>();
        var broken = new ArrayList<Integer>();
        var lines = new String(octets, 0, whole, StandardCharsets.UTF_8).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            var entry = Entry.of(lines.get(i));
            if (entry.isPresent()) {
                entries.add(entry.get());
            } else {
                broken.add(i + 1);
            }
        }
        return new Content(entries, torn, broken);
    }

    private byte[] octets() throws IOException {
        var octets = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (octets.hasRemaining() && channel.read(octets, octets.position()) >= 0) {
            // on to the end
        }
        return octets.array();
    }

    /** @throws IOException it is not, or not wholly, on the disk; a part of it is cut off before the next is written */
    synchronized void append(Entry entry) throws IOException {
        if (!channel.isOpen() && !closed) {
            channel = locked(path);    // an interrupted thread closes it
        }
        cutOff();
        var line = ByteBuffer.wrap(entry.line());
        long at = end;
        while (line.hasRemaining()) {
            at += channel.write(line, at);
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
