package sekisho.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
    private static final Path REPOSITORY = Tools.repository();

    @TempDir
    Path state;

    record Answer(int status, String out, String err) {}

    @Test
    void aPortInUseIsOneLineThatNamesTheSetting() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var answer = sekisho(Map.of("SEKISHO_WEB_PORT", Integer.toString(taken.getLocalPort())), "demo");
            assertThat(answer.status()).isEqualTo(1);
            assertThat(answer.err()).isEqualTo("sekisho: port " + taken.getLocalPort()
                    + " is in use; stop the program that listens there, or set SEKISHO_WEB_PORT to another port\n");
            assertThat(state.resolve("demo")).doesNotExist();
        }
    }

    @Test
    void aSettingThatIsNoPortAndTwoThatAreTheSameAreNamed() throws Exception {
        assertThat(sekisho(Map.of("SEKISHO_SMTP_PORT", "smtp"), "demo").err())
                .isEqualTo("sekisho: SEKISHO_SMTP_PORT is a port, 1 to 65535, not 'smtp'\n");
        String free = Integer.toString(FreePorts.take());
        String other = Integer.toString(FreePorts.take());
        assertThat(sekisho(Map.of("SEKISHO_WEB_PORT", other, "SEKISHO_HEALTH_PORT", free, "SEKISHO_SMTP_PORT", free), "demo").err())
                .isEqualTo("sekisho: SEKISHO_SMTP_PORT is port " + free + ", and another setting too; give each a port of its own\n");
        assertThat(state.resolve("run/launcher.pid")).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeMadeIsOneLine() throws Exception {
        Path file = Files.createFile(state.resolve("file"));
        assertThat(sekisho(Map.of("SEKISHO_STATE", file.resolve("state").toString()), "demo").err())
                .isEqualTo("sekisho: cannot write to the folder " + file.resolve("state")
                        + "; set SEKISHO_STATE to one that you may write to, or become the user it belongs to\n");
    }

    @Test
    void aMemoryLimitCountsWhatIsKeptOfFilesAsFree() throws Exception {
        assertThat(needMemory(300).err()).isEmpty();
        assertThat(needMemory(320).err()).isEqualTo("sekisho: 310 MB of memory available, 320 MB needed; close something and try again\n");
    }

    /** In a container of 400 MiB of which 390 are used, 300 of them for what can be read again. */
    private Answer needMemory(int megabytes) throws IOException, InterruptedException {
        String script = """
                set -e
                mount -t tmpfs none /sys/fs/cgroup
                cd /sys/fs/cgroup
                echo $((400 << 20)) > memory.max
                echo $((390 << 20)) > memory.current
                echo anon $((12 << 20)) > memory.stat
                echo inactive_file $((200 << 20)) >> memory.stat
                echo active_file $((80 << 20)) >> memory.stat
                echo slab_reclaimable $((20 << 20)) >> memory.stat
                echo slab $((40 << 20)) >> memory.stat
                . "$0"
                need_memory "$1"
                """;
        return run(Map.of(), List.of("unshare", "--user", "--map-root-user", "--mount", "bash", "-c", script,
                REPOSITORY.resolve("deploy/launcher/say.sh").toString(), Integer.toString(megabytes)));
    }

    @Test
    void aProcessThatHasEndedButThatNobodyCollectedDoesNotRun() throws Exception {
        // it ends when its parent is a program that collects nobody
        Process parent = new ProcessBuilder("sh", "-c", "(until grep -q sleep /proc/$$/comm; do :; done) & echo $!; exec sleep 600").start();
        try {
            String zombie = parent.inputReader().readLine();
            Path stat = Path.of("/proc", zombie, "stat");
            String fields;
            do {
                fields = Files.readString(stat);
            } while (!fields.contains(") Z "));
            Files.createDirectories(state.resolve("run"));
            Files.writeString(state.resolve("run/all.pid"), zombie + " " + fields.split(" ")[21] + "\n");
            assertThat(sekisho(Map.of(), "status").out()).contains("all        not running");
            assertThat(sekisho(Map.of(), "stop").out()).isEqualTo("the demo is not running\n");
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void stopEndsAStartThatIsUnderWayAndWaitsForIt() throws Exception {
        Process launcher = new ProcessBuilder("bash", "-c", "exec 8>\"$0\"; flock 8; echo; exec sleep 600", state.resolve(".lock").toString())
                .start();
        try {
            launcher.inputReader().readLine(); // it has the lock
            Files.createDirectories(state.resolve("run"));
            String started = Files.readString(Path.of("/proc", Long.toString(launcher.pid()), "stat")).split(" ")[21];
            Files.writeString(state.resolve("run/launcher.pid"), launcher.pid() + " " + started + "\n");
            assertThat(sekisho(Map.of(), "demo").err()).startsWith("sekisho: another ./sekisho starts or stops the demo just now");
            assertThat(sekisho(Map.of(), "stop").out()).startsWith("stopped;");
            assertThat(launcher.waitFor()).isEqualTo(143);
        } finally {
            launcher.destroyForcibly();
        }
    }

    @Test
    void aPidFileOfAProcessThatIsNoLongerOursStopsNobody() throws Exception {
        Process innocent = new ProcessBuilder("sleep", "600").start();
        try {
            Files.createDirectories(state.resolve("run"));
            Files.writeString(state.resolve("run/postgres.pid"), innocent.pid() + " 1\n");
            assertThat(sekisho(Map.of(), "status").out()).contains("postgres   not running");
            assertThat(sekisho(Map.of(), "stop").out()).contains("not running");
            assertThat(sekisho(Map.of(), "reset").status()).isZero();
            assertThat(innocent.isAlive()).isTrue();
        } finally {
            innocent.destroyForcibly();
        }
    }

    @Test
    void stopEndsWhatADetachedStartLeftRunning() throws Exception {
        var process = LocalProcess.start(new LocalProcess.Start(
                "mailbox", List.of("sleep", "600"), Map.of(), state, state.resolve("logs/mailbox.log"), "TERM", state.resolve("run")));
        assertThat(sekisho(Map.of(), "status").out()).contains("mailbox    running, process " + process.pid());
        assertThat(sekisho(Map.of(), "stop").status()).isZero();
        assertThat(process.isAlive()).isFalse();
        assertThat(state.resolve("run/mailbox.pid")).doesNotExist();
        process.close();
    }

    @Test
    void anUnknownCommandSaysWhereTheCommandsAre() throws Exception {
        var answer = sekisho(Map.of(), "demmo");
        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.err()).isEqualTo("sekisho: there is no command 'demmo'; ./sekisho help lists them\n");
    }

    @Test
    void anUnknownToolOrLogIsNamed() throws Exception {
        assertThat(sekisho(Map.of(), "prepare", "mysql").err()).startsWith("sekisho: there is no tool 'mysql'");
        assertThat(sekisho(Map.of(), "logs", "../../etc/passwd").err()).startsWith("sekisho: there is no log");
    }

    private Answer sekisho(Map<String, String> settings, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(REPOSITORY.resolve("sekisho").toString()));
        command.addAll(List.of(arguments));
        return run(settings, command);
    }

    private Answer run(Map<String, String> settings, List<String> command) throws IOException, InterruptedException {
        Path err = state.resolve("err");
        var builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().put("SEKISHO_STATE", state.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(settings);
        Process process = builder.start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), out, Files.readString(err));
    }
}
