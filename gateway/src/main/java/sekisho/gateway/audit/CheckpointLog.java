package sekisho.gateway.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The file that {@code gateway.audit.checkpoint-log} names: signed notes, each with an empty line behind it. One that a crash left without its end is ended
 * before the next one is written, and passed over by who reads.
 */
public final class CheckpointLog {

    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    /** Makes a signature line that was cut none. */
    private static final String BROKEN_OFF = " (broken off)\n\n";
    /** Also where it stands right behind one that was never ended, as versions before 0.1.0 was finished wrote it. */
    private static final Pattern NOTE = Pattern.compile(
        "%1$s\n[0-9]+\n[^\n]*\n\n— %1$s (?:(?!%1$s)[A-Za-z0-9+/=])*\n\n?".formatted(CheckpointKey.ORIGIN));

    private CheckpointLog() {
    }

    /**
     * What such a file holds.
     *
     * @param notes as they were written; nobody has looked who signed them
     * @param torn  whether there is something besides, which is no whole note
     */
    public record Kept(List<String> notes, boolean torn) {
    }

    /** Reads a file or a copy of one. */
    public static Kept read(Path file) throws IOException {
        var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);   // a cut may be within a sign
        return new Kept(NOTE.matcher(text).results().map(MatchResult::group).toList(), !NOTE.matcher(text).replaceAll("").isBlank());
    }

    static void append(Path file, String note) throws IOException {
        Files.writeString(file, (isTorn(file) ? BROKEN_OFF : "") + note + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static boolean isTorn(Path file) throws IOException {
        if (Files.notExists(file) || Files.size(file) == 0) {
            return false;
        }
        var end = ByteBuffer.allocate(END.length);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.position(Math.max(0, channel.size() - END.length));
            while (end.hasRemaining() && channel.read(end) >= 0) {
                // a read may be short
            }
        }
        return !end.flip().equals(ByteBuffer.wrap(END));
    }
}
