package sekisho.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts objects on a small disk of its own that grows a little from try to try, so that each step which needs room is once the one that
 * finds none. Runs in a mount namespace, as a process of its own, see {@link FullDiskTest}.
 */
final class FullDisk {
    private static final int PAGE_OCTETS = 4096;

    private final Path disk;
    private final DirectoryStore store;

    private FullDisk(Path disk) {
        this.disk = disk;
        this.store = new DirectoryStore(disk);
    }

    /** @param arguments the folder where the disk is mounted */
    public static void main(String[] arguments) throws Exception {
        var run = new FullDisk(Path.of(arguments[0]));
        int names = run.growsUntilItFits("size=1g,nr_inodes=", 2, 1, 1000);    // with room for octets: only what the system says tells that it is full
        int pages = run.growsUntilItFits("nr_inodes=10000,size=", 2 * PAGE_OCTETS, PAGE_OCTETS, 200_000);
        int late = run.growsUntilItFits("size=", (16 << 20) + 100 * PAGE_OCTETS, 20 * PAGE_OCTETS, 17 << 20);    // behind what NewFile writes directly
        System.out.println("full for want of a name: " + names + ", of a page: " + pages + ", late: " + late);
    }

    /** @return how often it failed before the object fitted */
    private int growsUntilItFits(String option, int from, int step, int octets) throws Exception {
        String key = "o-" + octets;
        List<String> before = keys();
        for (int failures = 0; ; failures++) {
            remount(option + (from + failures * step));
            if (fits(key, octets)) {
                require(keys().contains(key) && keys().size() == before.size() + 1, "what fits is there");
                return failures;
            }
            require(keys().equals(before), "nothing half-done is visible");
            require(temporaryFiles() == 0, "no temporary file stays");
        }
    }

    private boolean fits(String key, int octets) throws IOException {
        try (var upload = store.create(key)) {
            for (int at = 0; at < octets; at += 1000) {
                upload.out().write(new byte[1000]);
            }
            upload.finish();
            return true;
        } catch (StoreFullException full) {
            require(full.temporary(), "told as temporary");
            return false;
        }
    }

    private void remount(String options) throws IOException, InterruptedException {
        var mount = new ProcessBuilder("mount", "-o", "remount," + options, disk.toString()).inheritIO().start();
        require(mount.waitFor() == 0, "remounted with " + options);
    }

    private List<String> keys() throws IOException {
        List<String> keys = new ArrayList<>();
        store.list(object -> keys.add(object.key()));
        return keys;
    }

    private long temporaryFiles() throws IOException {
        if (!Files.exists(disk.resolve("tmp"))) {
            return 0;
        }
        try (var files = Files.list(disk.resolve("tmp"))) {
            return files.count();
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("not so: " + what);
        }
    }
}
