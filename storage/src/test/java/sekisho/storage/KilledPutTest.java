package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL to a process that puts and deletes, again and again at random moments: every object is whole or not there. */
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
