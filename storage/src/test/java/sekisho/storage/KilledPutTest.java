package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGKILL to a process that puts and deletes, at each of its steps and at random moments: every object is whole or not there. */
class KilledPutTest {
    private static final int KILLS = 20;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final Map<Integer, String> said = new HashMap<>();

    @Test
    void whatWasFinishedIsThereWholeAndNothingElseIsVisible(@TempDir Path root) throws Exception {
        try (var store = new DirectoryStore(root)) {
            int next = 0;
            int leftBehind = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                next = runAndKill(root, next) + 1;
                allIsAsItWasSaid(store);
                int temporary = temporaryFiles(root);
                assertThat(temporary).as("of one process (seed %d)", seed).isLessThanOrEqualTo(1);
                leftBehind += temporary;
                store.sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
                assertThat(temporaryFiles(root)).isZero();
                allIsAsItWasSaid(store);
            }
            assertThat(said.values()).as("objects that were finished").contains("done");
            System.out.printf("killed %d times (seed %d): %d objects begun, %d temporary files left and swept%n", KILLS, seed, said.size(), leftBehind);
        }
    }

    /** Folders are the same for each size, so the first tries them for all. The sizes go through the page cache, past it in one piece, and past it and then through it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 300_000, 17 << 20})
    void beforeAndAfterEachStepOfAPutTheObjectIsWholeOrNotThere(int octets, @TempDir Path folder) throws Exception {
        int place = 1;
        Map<String, Integer> insideOfPut = new TreeMap<>();
        for (;; place++) {
            Path root = Files.createDirectory(folder.resolve("killed-at-" + place));
            List<String> heard = putAndKillAt(place, root, octets);
            if (!heard.getLast().startsWith("stands")) {
                assertThat(heard).containsExactly("done", "gone");
                break;
            }
            boolean finished = heard.contains("done");
            try (var store = new DirectoryStore(root)) {
                boolean there = isThereWhole(store, octets);
                assertThat(there || !finished || heard.getLast().matches("stands (DELETE|OPEN|FORCE) .*")).as("%d: %s", place, heard).isTrue();
                int temporary = Files.exists(root.resolve("tmp")) ? temporaryFiles(root) : 0;
                if (temporary > 0) {
                    assertThat(finished).as("%d: %s", place, heard).isFalse();
                    insideOfPut.merge(heard.getLast().split(" ")[1], 1, Integer::sum);
                }
                store.sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
                assertThat(isThereWhole(store, octets)).as("%d: no sweep takes it", place).isEqualTo(there);
                store.delete(PutOnce.KEY);
                try (var upload = store.create(PutOnce.KEY)) {
                    upload.out().write(PutOnce.content(octets));
                    upload.finish();
                }
                assertThat(isThereWhole(store, octets)).as("%d: put again", place).isTrue();
                assertThat(temporaryFiles(root)).isZero();
            }
        }
        assertThat(insideOfPut).as("kills that left a file on its way, by what was being done")
                .containsKeys("OPEN", "WRITE", "FORCE", "LINK", "DELETE").containsEntry("LINK", 2)
                .matches(steps -> steps.containsKey("CREATE_FOLDER") == (octets == 1)).hasEntrySatisfying("WRITE", writes -> assertThat(writes).isEqualTo(octets == 1 ? 2 : 4));
    }

    private static boolean isThereWhole(DirectoryStore store, int octets) throws IOException {
        List<String> keys = new ArrayList<>();
        store.list(object -> keys.add(object.key()));
        if (keys.isEmpty()) {
            assertThatThrownBy(() -> store.read(PutOnce.KEY, 0, 1)).isInstanceOf(ObjectMissingException.class);
            return false;
        }
        assertThat(keys).containsExactly(PutOnce.KEY);
        try (var in = store.read(PutOnce.KEY, 0, Long.MAX_VALUE)) {
            assertThat(Arrays.equals(in.readAllBytes(), PutOnce.content(octets))).isTrue();
        }
        return true;
    }

    /** @return what it said, at last where it stood, unless it had come to its end before that place */
    private static List<String> putAndKillAt(int place, Path root, int octets) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(OwnProcess.command(PutOnce.class));
        command.addAll(List.of(root.toString(), Integer.toString(octets), Integer.toString(place), Boolean.toString(octets == 1)));
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> heard = new ArrayList<>();
        try (var lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard.add(line);
                if (line.startsWith("stands")) {
                    process.toHandle().destroyForcibly();
                }
            }
        }
        process.waitFor();
        return heard;
    }

    /** @return the number of the last object that was begun */
    private int runAndKill(Path root, int first) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(OwnProcess.command(PutForever.class));
        command.addAll(List.of(root.toString(), Integer.toString(first)));
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        int last = first;
        int left = 3 + random.nextInt(60);
        try (var lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {    // also what was said before the kill
                String[] words = line.split(" ");
                said.put(Integer.parseInt(words[1]), words[0]);
                last = words[0].equals("begun") ? Integer.parseInt(words[1]) : last;
                if (--left == 0) {
                    process.toHandle().destroyForcibly();    // the process' own method would close what it still has to say
                }
            }
        }
        process.waitFor();
        return last;
    }

    private void allIsAsItWasSaid(DirectoryStore store) throws IOException {
        List<String> keys = new ArrayList<>();
        store.list(object -> keys.add(object.key()));
        said.forEach((number, state) -> {
            switch (state) {
                case "done" -> assertThat(keys).as("finished (seed %d)", seed).contains(PutForever.key(number));
                case "gone" -> assertThat(keys).as("deleted (seed %d)", seed).doesNotContain(PutForever.key(number));
                default -> { }    // begun or going: either is right
            }
        });
        for (String key : keys) {
            try (var in = store.read(key, 0, Long.MAX_VALUE)) {
                assertThat(in.readAllBytes()).as(key).isEqualTo(PutForever.content(Integer.parseInt(key.substring(2))));
            }
        }
    }

    private static int temporaryFiles(Path root) throws IOException {
        try (var files = Files.list(root.resolve("tmp"))) {
            return (int) files.count();
        }
    }
}
