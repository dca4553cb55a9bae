package sekisho.tests.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sekisho.embedded.Tools;

/** {@code ./sekisho} in a clone of its own that was just built, so that it neither builds nor meets the demo of this repository. */
final class Launcher {

    private final Path folder;
    private final Path script;
    private final Map<String, String> environment;
    private int started;

    /** What ended: its status, what it printed, and what it said beside that. */
    record Ended(int status, String out, String err) {
    }

    /**
     * @param folder      an empty one; the clone is {@code clone} in it
     * @param environment of every call, beside that of this JVM
     */
    Launcher(Path folder, Map<String, String> environment) throws IOException {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
        var clone = Files.createDirectory(folder.resolve("clone"));
        script = clone.resolve("sekisho");
        var repository = Tools.repository();
        Files.copy(repository.resolve("sekisho"), script);
        if (!script.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + script + " executable");
        }
        Files.createDirectories(clone.resolve("deploy/demo"));
        Files.createDirectory(clone.resolve("deploy/all"));
        Files.createDirectory(clone.resolve("deploy/tools"));
        for (var part : List.of("deploy/launcher", "deploy/keycloak", "deploy/all/target", "deploy/demo/target", "deploy/tools/target")) {
            Files.createSymbolicLink(clone.resolve(part), repository.resolve(part));
        }
        Files.copy(repository.resolve("deploy/demo/policy.yaml"), clone.resolve("deploy/demo/policy.yaml"));
        Files.createFile(Files.createDirectory(clone.resolve(".sekisho")).resolve("built"));
    }

    Path script() {
        return script;
    }

    /** {@code ./sekisho ARGUMENTS}. */
    Ended sekisho(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        return run(Map.of("JAVA_HOME", System.getProperty("java.home")), command);
    }

    /** Any command, with no JAVA_HOME but what is given. */
    Ended run(Map<String, String> more, List<String> command) throws IOException, InterruptedException {
        return start(more, command).end();
    }

    /** As {@link #run}, but doesn't wait for its end. */
    Running start(Map<String, String> more, List<String> command) throws IOException {
        var out = folder.resolve("out-" + ++started);
        var err = folder.resolve("err-" + started);
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        var all = new HashMap<>(environment);
        all.putAll(more);
        builder.environment().remove("JAVA_HOME");
        builder.environment().putAll(all);
        var process = builder.start();
        process.getOutputStream().close();
        return new Running(process, out, err);
    }

    /** What has not ended yet, as far as is known. */
    record Running(Process process, Path standardOut, Path standardErr) {

        /** What it has printed so far. */
        String out() throws IOException {
            return Files.readString(standardOut);
        }

        /** What it has said beside that so far. */
        String err() throws IOException {
            return Files.readString(standardErr);
        }

        /** Waits for its end. */
        Ended end() throws IOException, InterruptedException {
            int status = process.waitFor();
            return new Ended(status, out(), err());
        }
    }
}
