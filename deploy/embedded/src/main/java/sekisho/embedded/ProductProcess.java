package sekisho.embedded;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One runnable of {@code deploy/} as a process, started the way an operator starts it: the jar, beside a
 * {@code config/application.properties}.
 */
public final class ProductProcess implements AutoCloseable {
    static final Map<String, String> ENVIRONMENT = Map.of("JAVA_TOOL_OPTIONS", "");
    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private final Settings settings;
    private final LocalProcess process;

    private ProductProcess(Settings settings, LocalProcess process) {
        this.settings = settings;
        this.process = process;
    }

    /**
     * What to start.
     *
     * @param runnable {@code all}, {@code web}, {@code mail} or {@code admin}, as built in this repository
     * @param name what messages, log and pid file call it
     * @param folder its working folder; made when missing, its configuration is written anew
     * @param properties its configuration; {@code quarkus.management.port} is among them
     * @param jvmArguments such as {@code -Xmx256m}
     * @param log the file for its log
     * @param pidFolder see {@link LocalProcess.Start}
     */
    public record Settings(
            String runnable,
            String name,
            Path folder,
            Map<String, String> properties,
            List<String> jvmArguments,
            Path log,
            @Nullable Path pidFolder) {
        public Settings {
            folder = folder.toAbsolutePath();
            properties = Map.copyOf(properties);
            jvmArguments = List.copyOf(jvmArguments);
            if (!properties.containsKey("quarkus.management.port")) {
                throw new IllegalArgumentException("quarkus.management.port is missing: readiness is asked there");
            }
        }

        Settings with(List<String> more) {
            var arguments = new ArrayList<>(jvmArguments);
            arguments.addAll(more);
            return new Settings(runnable, name, folder, properties, arguments, log, pidFolder);
        }
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @throws ServerException when it can't, with the end of its log; nothing runs then
     */
    public static ProductProcess start(Settings settings) {
        var product = launch(settings);
        product.awaitReady();
        return product;
    }

    /** Starts it and returns at once: for a test of what it does while a part that it needs is away. */
    public static ProductProcess launch(Settings settings) {
        return launch(settings, List.of());
    }

    /** @param inside a command that becomes the one behind it, such as {@code unshare -m} */
    public static ProductProcess launch(Settings settings, List<String> inside) {
        writeConfiguration(settings);
        var command = new ArrayList<>(inside);
        command.addAll(command(settings));
        return new ProductProcess(
                settings,
                LocalProcess.start(new LocalProcess.Start(
                        settings.name(), command, ENVIRONMENT, settings.folder(), settings.log(), "TERM", settings.pidFolder())));
    }

    static List<String> command(Settings settings) {
        Path jar = home(settings.runnable()).resolve("quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new ServerException("deploy/" + settings.runnable() + " is not built; run ./sekisho build");
        }
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(settings.jvmArguments());
        // in the machine's /tmp the first user's vertx-cache would shut out all others
        command.add("-Djava.io.tmpdir=" + settings.folder().resolve("tmp"));
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    /** Where the build has put a runnable. */
    static Path home(String runnable) {
        return Tools.repository().resolve("deploy/" + runnable + "/target");
    }

    /** Waits until it says that it is ready. */
    public void awaitReady() {
        process.await(START_LIMIT, this::isReady);
    }

    /** Whether it says now that it is ready. */
    public boolean isReady() {
        return KeycloakServer.httpStatus(managementUrl() + "/health/ready") == 200;
    }

    /** Where health and metrics are. */
    public String managementUrl() {
        return "http://127.0.0.1:" + settings.properties().get("quarkus.management.port");
    }

    public LocalProcess process() {
        return process;
    }

    public Path log() {
        return settings.log();
    }

    /** SIGKILL. */
    public void kill() {
        process.kill();
    }

    /** SIGTERM, as an operator stops it. */
    @Override
    public void close() {
        process.close();
    }

    /** Only its owner may read it: it names the files of secrets. Not java.util.Properties, which writes the time of day. */
    private static void writeConfiguration(Settings settings) {
        Path file = settings.folder().resolve("config/application.properties");
        try {
            Files.createDirectories(file.getParent());
            Files.createDirectories(settings.folder().resolve("tmp"));
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (BufferedWriter out = Files.newBufferedWriter(file)) {
                for (var property : new TreeMap<>(settings.properties()).entrySet()) {
                    out.write(property.getKey() + "=" + property.getValue().replace("\\", "\\\\") + "\n");
                }
            }
        } catch (IOException e) {
            throw new ServerException("cannot write " + file, e);
        }
    }
}
