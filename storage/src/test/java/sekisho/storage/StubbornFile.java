package sekisho.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Sweeps a store in which one of many unfinished files can't be removed: something is mounted on it. Prints what it finds. Runs in a mount namespace, as a
 * process of its own, see {@link DirectoryStoreTest}.
 */
final class StubbornFile {
    private static final int FILES = 20;

    private StubbornFile() {
    }

    /** @param arguments the store's folder, with {@code tmp} in it */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path root = Path.of(arguments[0]);
        for (int i = 1; i < FILES; i++) {
            Files.createFile(root.resolve("tmp/" + UUID.randomUUID()));
        }
        Path stubborn = Files.createFile(root.resolve("tmp/" + UUID.randomUUID()));
        var mount = new ProcessBuilder("mount", "--bind", stubborn.toString(), stubborn.toString()).inheritIO().start();
        System.out.println("mounted: " + (mount.waitFor() == 0));
        try (var store = new DirectoryStore(root)) {
            store.sweepUnfinished(Instant.now().plus(Duration.ofHours(1)));
            System.out.println("all was removed");
        } catch (StoreException told) {
            System.out.println("told: " + told.getMessage().contains(stubborn.toString()));
        }
        try (var files = Files.list(root.resolve("tmp"))) {
            System.out.println("left: " + files.count() + ", the stubborn one: " + Files.exists(stubborn));
        }
    }
}
