package sekisho.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFileTest {

    @TempDir
    Path folder;

    private Path path;
    private final Entry one = entry(Entry.Kind.REVOKED);
    private final Entry two = entry(Entry.Kind.SHREDDED);

    @BeforeEach
    void name() {
        path = folder.resolve("journal");
    }

    private static Entry entry(Entry.Kind kind) {
        return new Entry(UUID.randomUUID(), "2026-11-29T01:00:00Z", kind, UUID.randomUUID(), null, UUID.randomUUID(), "RESPONDER", "person:x");
    }

    private JournalFile.Content content() throws IOException {
        try (var file = JournalFile.open(path)) {
            return file.read();
        }
    }

    private void write(Entry... entries) throws IOException {
        try (var file = JournalFile.open(path)) {
            for (var entry : entries) {
                file.append(entry);
            }
        }
    }

    @Test
    void whatWasWrittenIsThereAndOnlyItsOwnerReadsIt() throws IOException {
        write(one);
        write(two);
        assertThat(content()).isEqualTo(new JournalFile.Content(List.of(one, two), false, List.of()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
    }

    @Test
    void aTornEndIsCutOffWhereverItWasTorn() throws IOException {
        write(one, two);
        byte[] whole = Files.readAllBytes(path);
        int first = one.line().length;
        for (int octets = first + 1; octets < whole.length - 1; octets++) {
            Files.write(path, Arrays.copyOf(whole, octets));
            assertThat(content()).as("%d octets", octets).isEqualTo(new JournalFile.Content(List.of(one), true, List.of()));
            assertThat(Files.size(path)).isEqualTo(first);
            write(two);
            assertThat(content().entries()).containsExactly(one, two);
        }
    }

    @Test
    void aLastLineThatLacksItsEndAloneIsKept() throws IOException {
        write(one, two);
        Files.write(path, Arrays.copyOf(Files.readAllBytes(path), one.line().length + two.line().length - 1));
        assertThat(content()).isEqualTo(new JournalFile.Content(List.of(one, two), false, List.of()));
        write(one);
        assertThat(content()).isEqualTo(new JournalFile.Content(List.of(one, two, one), false, List.of()));
    }

    @Test
    void linesThatAnEditorEndedInCrLfAreRead() throws IOException {
        write(one, two);
        Files.writeString(path, Files.readString(path).replace("\n", "\r\n"));
        assertThat(content()).isEqualTo(new JournalFile.Content(List.of(one, two), false, List.of()));
        write(one);
        assertThat(content().entries()).containsExactly(one, two, one);
    }

    /** What a newer version shut in a way that this one doesn't know would open. */
    @Test
    void anIntactLineThatIsNotUnderstoodIsRefused() throws IOException {
        for (var change : List.of("SHREDDED/FROZEN", "\"as\":\"RESPONDER\"/\"as\":\"AUDITOR\"", "\"actor\"/\"until\":1,\"actor\"", "\"event\"/\"incident\"")) {
            var json = new String(two.line(), StandardCharsets.UTF_8).strip().substring(9).replace(change.split("/")[0], change.split("/")[1]);
            var crc = new CRC32();
            crc.update(json.getBytes(StandardCharsets.UTF_8));
            var line = "%08x %s".formatted(crc.getValue(), json);
            for (var end : List.of("\n", "")) {
                Files.deleteIfExists(path);
                write(one);
                Files.writeString(path, line + end, StandardOpenOption.APPEND);
                assertThatThrownBy(this::content).as(change).isInstanceOf(IOException.class).hasMessageContaining("newer version").hasMessageContaining("line 2");
                assertThat(Files.readString(path)).as("nothing is cut off").endsWith(line + end);
            }
        }
    }

    @Test
    void whatIsMissingInTheMiddleIsNamedAndTheOthersHold() throws IOException {
        write(one, two, one, two);
        byte[] octets = Files.readAllBytes(path);
        int line = one.line().length;
        var cut = new ByteArrayOutputStream();
        cut.write(octets, 0, line + 20);
        cut.write(octets, line + two.line().length + 30, octets.length - line - two.line().length - 30);
        Files.write(path, cut.toByteArray());
        assertThat(content()).isEqualTo(new JournalFile.Content(List.of(one, two), false, List.of(2)));
    }

    @Test
    void aFileOfManyBuffersAndALineOfAMebibyteAreRead() throws IOException {
        var text = new String(one.line(), StandardCharsets.UTF_8);
        Files.writeString(path, text.repeat(1_000) + "x".repeat(1 << 20) + "\n" + text.repeat(1_000));
        assertThat(content().entries()).hasSize(2_000).containsOnly(one);
        assertThat(content().broken()).containsExactly(1_001);
    }

    /** As when somebody empties a log file to make room. */
    @Test
    void whatIsWrittenBehindAShortenedEndCanBeRead() throws IOException {
        for (int left : List.of(0, 20, one.line().length)) {
            Files.deleteIfExists(path);
            try (var file = JournalFile.open(path); var other = FileChannel.open(path, StandardOpenOption.WRITE)) {
                file.append(one);
                file.append(one);
                other.truncate(left);
                assertThat(file.keepPlace()).isEqualTo(JournalFile.Place.LOST);
                assertThat(file.keepPlace()).isEqualTo(JournalFile.Place.KEPT);
                file.append(two);
                file.append(two);
                assertThat(file.read().entries()).as("%d octets left", left).endsWith(two, two).hasSize(left == one.line().length ? 3 : 2);
            }
        }
    }

    /** As a disk leaves it that became full, and then refused the cutting too. */
    @Test
    void aPieceOfALineThatWasNotCutOffSpoilsNoOther() throws IOException {
        try (var file = JournalFile.open(path)) {
            file.append(one);
            Files.writeString(path, "0123abcd {\"event\": a piece that is longer than any line can be" + ".".repeat(2_000), StandardOpenOption.APPEND);
            file.append(two);
            assertThat(file.read()).isEqualTo(new JournalFile.Content(List.of(one, two), false, List.of()));
        }
    }

    @Test
    void anInterruptedThreadLeavesItWritable() throws Exception {
        try (var file = JournalFile.open(path)) {
            file.append(one);
            var failure = new AtomicReference<Throwable>();
            var interrupted = Thread.ofPlatform().start(() -> {
                Thread.currentThread().interrupt();
                failure.set(catchThrowable(() -> file.append(two)));
            });
            interrupted.join();
            assertThat(failure.get()).isInstanceOf(IOException.class);
            file.append(two);
            assertThat(file.read().entries()).containsExactly(one, two);
        }
    }

    /** As log rotation does it, or somebody who tidies up. */
    @Test
    void aFileThatWasRenamedOrRemovedIsWrittenAgainWithAllThatItHad() throws IOException {
        for (boolean renamed : List.of(true, false)) {
            for (boolean noticedBefore : List.of(true, false)) {
                write(one);
                try (var file = JournalFile.open(path)) {
                    file.append(two);
                    assertThat(file.keepPlace()).isEqualTo(JournalFile.Place.KEPT);
                    if (renamed) {
                        Files.move(path, folder.resolve("journal.1"), StandardCopyOption.REPLACE_EXISTING);
                    } else {
                        Files.delete(path);
                    }
                    if (noticedBefore) {
                        assertThat(file.keepPlace()).isEqualTo(JournalFile.Place.WRITTEN_AGAIN);
                        assertThat(Files.readAllBytes(path)).isEqualTo(lines(one, two));
                    }
                    file.append(one);
                    assertThat(Files.readAllBytes(path)).isEqualTo(lines(one, two, one));
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
                    assertThatThrownBy(() -> JournalFile.open(path)).as("it is locked as before").isInstanceOf(IOException.class);
                }
                assertThat(content()).isEqualTo(new JournalFile.Content(List.of(one, two, one), false, List.of()));
                Files.delete(path);
            }
        }
    }

    /** As editors do it, a restore of that disk, or a copy that was made to make room. */
    /** As shred -u does it. */
    @Test
    void aFileThatWasEmptiedAndRemovedIsMissedAndTakesWhatComes() throws IOException {
        try (var file = JournalFile.open(path)) {
            file.append(one);
            Files.write(path, new byte[0]);
            Files.delete(path);
            assertThat(file.keepPlace()).isEqualTo(JournalFile.Place.LOST);
            assertThat(file.keepPlace()).isEqualTo(JournalFile.Place.KEPT);
            file.append(two);
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(lines(two));
    }

    @Test
    void aFileThatWasReplacedHasAllThatBothHad() throws IOException {
        var other = entry(Entry.Kind.REVOKED);
        byte[] piece = Arrays.copyOf(lines(one, two), one.line().length + 30);
        var put = Map.of(lines(), List.of(one, two), lines(one), List.of(one, two), piece, List.of(one, two), lines(one, two), List.of(one, two),
            lines(one, two, other), List.of(one, two, other), lines(other), List.of(other, one, two), lines(two), List.of(two, one, two),
            Arrays.copyOf(lines(other), other.line().length - 1), List.of(other, one, two));
        for (var each : put.entrySet()) {
            Files.deleteIfExists(path);
            try (var file = JournalFile.open(path)) {
                file.append(one);
                file.append(two);
                Files.write(folder.resolve("new"), each.getKey());
                Files.move(folder.resolve("new"), path, StandardCopyOption.ATOMIC_MOVE);
                assertThat(file.keepPlace()).isEqualTo(JournalFile.Place.WRITTEN_AGAIN);
                assertThat(file.keepPlace()).isEqualTo(JournalFile.Place.KEPT);
                file.append(two);
            }
            var all = new ArrayList<>(each.getValue());
            all.add(two);
            assertThat(content()).isEqualTo(new JournalFile.Content(all, false, List.of()));
        }
    }

    @Test
    void whatCanNotBePutAtItsPlaceYetIsPutThereLater() throws IOException {
        try (var file = JournalFile.open(path)) {
            file.append(one);
            Files.delete(path);
            Files.createDirectory(path);
            assertThatThrownBy(() -> file.append(two)).isInstanceOf(IOException.class);
            Files.delete(path);
            try (var another = JournalFile.open(path)) {
                assertThatThrownBy(() -> file.append(two)).isInstanceOf(IOException.class).hasMessageContaining("writes it already");
                another.append(two);
            }
            file.append(two);
            assertThat(Files.readAllBytes(path)).isEqualTo(lines(two, one, two));
        }
    }

    @Test
    void anInterruptedThreadLosesNothingOfAFileThatWasMoved() throws Exception {
        try (var file = JournalFile.open(path)) {
            file.append(one);
            Files.delete(path);
            var interrupted = Thread.ofPlatform().start(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> file.append(two)).isInstanceOf(IOException.class);
            });
            interrupted.join();
            file.append(two);
            assertThat(Files.readAllBytes(path)).isEqualTo(lines(one, two));
        }
    }

    @Test
    void whatCanNotBeReadAnyMoreIsSaidToBeLost() throws Exception {
        try (var file = JournalFile.open(path)) {
            file.append(one);
            var interrupted = Thread.ofPlatform().start(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> file.append(two)).isInstanceOf(IOException.class);
            });
            interrupted.join();
            Files.delete(path);
            assertThat(file.keepPlace()).isEqualTo(JournalFile.Place.LOST);
            assertThat(file.keepPlace()).isEqualTo(JournalFile.Place.KEPT);
            file.append(two);
            assertThat(Files.readAllBytes(path)).isEqualTo(lines(two));
        }
    }

    private static byte[] lines(Entry... entries) {
        var octets = new ByteArrayOutputStream();
        for (var entry : entries) {
            octets.writeBytes(entry.line());
        }
        return octets.toByteArray();
    }

    @Test
    void aLineThatWasChangedIsNamedAndTheOthersHold() throws IOException {
        write(one, two, one);
        var lines = Files.readAllLines(path);
        lines.set(1, lines.get(1).replace("SHREDDED", "RESTORED"));
        Files.write(path, lines);
        assertThat(content()).isEqualTo(new JournalFile.Content(List.of(one, one), false, List.of(2)));
        Files.writeString(path, "\nx\n", StandardOpenOption.APPEND);
        assertThat(content().broken()).containsExactly(2, 4, 5);
    }

    @Test
    void oneFileHasOneWriter() throws IOException {
        try (var _ = JournalFile.open(path)) {
            assertThatThrownBy(() -> JournalFile.open(path)).isInstanceOf(IOException.class).hasMessageContaining("writes it already");
        }
        assertThatThrownBy(() -> JournalFile.open(folder.resolve("no/journal"))).isInstanceOf(IOException.class);
    }
}
