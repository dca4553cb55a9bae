package sekisho.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One process that we started on this machine. It ends with this JVM unless {@link #letRunOn()} was called, so a start
 * that fails half-way, or an interrupt, leaves nothing behind.
 */
public final class LocalProcess implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int LOG_LINES_SHOWN = 15;
    /** What ends with this JVM: all are told to end, the youngest first, and then waited for. */
    private static final Deque<LocalProcess> BOUND = new ConcurrentLinkedDeque<>();

    /** Whether this JVM is ending; guarded by {@link #BOUND}. What would be started now, nobody would end. */
    private static boolean ending;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(LocalProcess::closeAll, "stop-servers"));
    }

    private final Start start;
    private final Process process;

    private LocalProcess(Start start, Process process) {
        this.start = start;
        this.process = process;
    }

    /**
     * What to start.
     *
     * @param name what messages and the pid file call it
     * @param command the program and its arguments
     * @param environment added to this JVM's environment; an empty value removes a variable
     * @param folder its working folder, which exists
     * @param log the file that gets its standard output and error, appended
     * @param stopSignal the signal that asks it to end in good order, such as {@code TERM}
     * @param pidFolder null, or where {@code NAME.pid} is written; then it also gets a session of its own, so that a
     *     terminal that closes doesn't end it
     */
    public record Start(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path folder,
            Path log,
            String stopSignal,
            @Nullable Path pidFolder) {
        public Start {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    /** Starts it and returns at once. */
    public static LocalProcess start(Start start) {
        var command = new ArrayList<String>();
        if (start.pidFolder() != null) {
            command.add("setsid"); // becomes the command itself: the process id stays
        }
        command.addAll(start.command());
        var builder = new ProcessBuilder(command)
                .directory(start.folder().toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(start.log().toFile()));
        apply(start.environment(), builder);
        try {
            Files.createDirectories(start.log().toAbsolutePath().getParent());
            synchronized (BOUND) {
                if (ending) {
                    throw new ServerException("not starting " + start.name() + ": this program is ending");
                }
                var started = new LocalProcess(start, builder.start());
                BOUND.addFirst(started);
                if (start.pidFolder() != null) {
                    started.writePidFile(start.pidFolder());
                }
                return started;
            }
        } catch (IOException e) {
            throw new ServerException("cannot start " + start.name() + ": " + e.getMessage(), e);
        }
    }

    /** Adds {@code environment} to what the process inherits; an empty value removes a variable. */
    static void apply(Map<String, String> environment, ProcessBuilder builder) {
        environment.forEach((key, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(key);
            } else {
                builder.environment().put(key, value);
            }
        });
    }

    /** Whether this JVM is ending, by a signal for example: then nothing starts any more, and what was started ends. */
    public static boolean isEnding() {
        synchronized (BOUND) {
            return ending;
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Path log() {
        return start.log();
    }

    /** Whether somebody takes connections on this port of loopback, for {@link #await}. */
    public static boolean listens(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Waits until {@code ready} says so.
     *
     * @throws ServerException when the process ends before, or {@code limit} passes; the process is stopped then, and the
     *     message holds the end of its log
     */
    public void await(Duration limit, BooleanSupplier ready) {
        Instant end = Instant.now().plus(limit);
        try {
            while (!ready.getAsBoolean()) {
                if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new ServerException(start.name() + " ended with status " + process.exitValue()
                            + " while it started; the end of " + start.log() + ":\n" + endOfLog());
                }
                if (Instant.now().isAfter(end)) {
                    throw new ServerException(start.name() + " was not ready after " + limit.toSeconds()
                            + " s; the end of " + start.log() + ":\n" + endOfLog());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
            throw new ServerException("interrupted while " + start.name() + " started", e);
        } catch (ServerException e) {
            kill();
            throw e;
        }
    }

    /**
     * Waits until it ends by itself.
     *
     * @return its exit status
     * @throws ServerException when {@code limit} passes; the process is stopped then
     */
    public int awaitEnd(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
                throw new ServerException(start.name() + " had not ended after " + limit.toSeconds() + " s");
            }
            forget();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
            throw new ServerException("interrupted while " + start.name() + " ran", e);
        }
    }

    /** From now on the process outlives this JVM. */
    public void letRunOn() {
        BOUND.remove(this);
    }

    /** SIGKILL to it and to all its children, at once: what a power cut looks like to it. Returns when they are gone. */
    public void kill() {
        Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList()
                .forEach(handle -> {
                    handle.destroyForcibly();
                    handle.onExit().join();
                });
        forget();
    }

    /** Sends it a signal by name, such as {@code STOP} or {@code CONT}. Does nothing once it has ended. */
    public void signal(String signal) {
        if (process.isAlive()) {
            run("sh", "-c", "kill -s \"$0\" \"$1\"", signal, Long.toString(process.pid())); // the shell's own: a small Debian has no other
        }
    }

    /** Asks it to end, waits, and after 30 s ends it. Does nothing the second time. */
    @Override
    public void close() {
        signal(start.stopSignal());
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
        forget();
    }

    /** The last lines of what it wrote. */
    public String endOfLog() {
        try {
            List<String> lines = new String(Files.readAllBytes(start.log()), StandardCharsets.UTF_8).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** The launcher tells the process from a later one with the same id by its start time, field 22 of proc(5) stat. */
    private void writePidFile(Path folder) throws IOException {
        Files.createDirectories(folder);
        String stat = Files.readString(Path.of("/proc", Long.toString(pid()), "stat"));
        String startTime = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
        Files.writeString(folder.resolve(start.name() + ".pid"), pid() + " " + startTime + "\n");
    }

    private void forget() {
        BOUND.remove(this);
        if (start.pidFolder() != null) {
            try {
                Files.deleteIfExists(start.pidFolder().resolve(start.name() + ".pid"));
            } catch (IOException e) {
                throw new ServerException("cannot delete the pid file of " + start.name(), e);
            }
        }
    }

    private static void closeAll() {
        synchronized (BOUND) {
            ending = true;
        }
        // All are told before any is waited for: whoever ends us may not wait for long.
        BOUND.forEach(process -> process.signal(process.start.stopSignal()));
        BOUND.forEach(LocalProcess::close);
    }

    private static void run(String... command) {
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new ServerException("cannot run " + command[0], e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
