package sekisho.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full at every step that writes. Needs a kernel that lets its user have a mount namespace, as PostgreSQL's tests do for root. */
class FullDiskTest {
    @Test
    void aFullDiskLeavesNothingHalfDoneWhereverItIsNoticed(@TempDir Path disk) throws Exception {
        List<String> command = new ArrayList<>(List.of("unshare", "-Urm", "sh", "-c", "mount -t tmpfs -o size=1g,nr_inodes=2 tmpfs \"$0\" && exec \"$@\"",
                disk.toString()));
        command.addAll(OwnProcess.command(FullDisk.class));
        command.add(disk.toString());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        // the temporary file and its folder, 66 folders, the object's own name; then every page of the object, and of one of 17 MiB the last
        assertThat(said).containsPattern("full for want of a name: (6[5-9]|7\\d), of a page: (4[5-9]|5\\d), late: ([5-9]|1\\d)");
    }
}
