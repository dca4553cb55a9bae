package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a power cut would take if nobody had flushed it. A process that is killed doesn't show it: its pages stay in the cache. */
class FlushTest {

    /** The last comes into a folder of the first level that is known already. */
    private static final int OBJECTS = 9;

    @TempDir
    private Path folder;
    private Path root;
    private DirectoryStore store;

    private interface Work {
        void run() throws IOException;
    }

    @BeforeEach
    void rootIsThere() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        store = new DirectoryStore(root);
    }

    private void put(String key) throws IOException {
        try (var upload = store.create(key)) {
            upload.out().write(new byte[100_000]);
            upload.finish();
        }
    }

    private Path folderOf(String name) throws IOException {
        try (var files = Files.find(root.resolve("objects"), 3, (file, _) -> file.getFileName().toString().equals(name))) {
            return root.relativize(files.findFirst().orElseThrow().getParent());
        }
    }

    /** What this thread flushed meanwhile, in order, below the root; of an unfinished upload its folder. */
    private List<String> flushed(Work work) throws IOException {
        var dump = folder.resolve("flushed.jfr");
        try (var recording = new Recording()) {
            recording.enable("jdk.FileForce").withoutThreshold().withoutStackTrace();
            recording.start();
            work.run();
            recording.stop();
            recording.dump(dump);
        }
        return RecordingFile.readAllEvents(dump).stream()
            .filter(event -> event.getThread() != null && event.getThread().getJavaThreadId() == Thread.currentThread().threadId())
            .sorted(Comparator.comparing(event -> event.getStartTime()))
            .map(event -> root.relativize(Path.of(event.getString("path")))).map(path -> path.startsWith("tmp") ? "tmp" : path.toString()).toList();
    }

    @Test
    void anObjectIsFlushedAndThenTheFoldersThatNameIt() throws Exception {
        var flushed = flushed(() -> {
            for (int i = 0; i < OBJECTS; i++) {
                put("f/" + i);
            }
        });
        var expected = new ArrayList<String>();
        var known = new HashSet<String>();
        for (int i = 0; i < OBJECTS; i++) {
            expected.add("tmp");
            var itsFolder = folderOf("f," + i);
            var first = itsFolder.getParent().toString();
            if (known.add(first)) {
                expected.addAll(List.of(first, "objects", ""));
            }
            expected.add(itsFolder.toString());
        }
        assertThat(known).as("folders of the first level").hasSize(OBJECTS - 1);
        assertThat(flushed).isEqualTo(expected);
    }

    /** Else rows are wrapped to a version whose file is empty after a power cut. */
    @Test
    void aKeyFileIsFlushedBeforeItGetsItsNameAndItsFolderBehindThatOneFileAfterTheOther() throws Exception {
        assertThat(keyFiles(() -> KeyFiles.generate(root, "k"))).containsExactly("k.private.new", "", "k.public.new", "");
        assertThat(keyFiles(() -> KeyFiles.rotate(root, "k"))).containsExactly("k.private.next.new", "", "k.private.new", "", "k.public.new", "");
        assertThat(keyFiles(() -> KeyFiles.destroy(root, "k", 1))).containsExactly("k.private.new", "");
    }

    /** As {@link #flushed}; of what isn't in place yet its name without the random part. */
    private List<String> keyFiles(Work work) throws IOException {
        return flushed(work).stream().map(name -> name.replaceFirst("\\.[0-9a-f-]{36}\\.new$", ".new")).toList();
    }

    @Test
    void soIsTheFolderThatAnObjectIsTakenFrom() throws Exception {
        put("f/gone");
        var itsFolder = folderOf("f,gone");
        assertThat(flushed(() -> store.delete("f/gone"))).containsExactly(itsFolder.toString());
    }
}
