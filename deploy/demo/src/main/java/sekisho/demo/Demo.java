package sekisho.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import sekisho.embedded.LocalProcess;
import sekisho.embedded.ServerException;
import sekisho.embedded.Tools;

/**
 * Starts the demo, sends its message, says what to do with it, and ends; what it started runs on. Called by
 * {@code ./sekisho demo}, which has looked at ports, disk and memory before.
 */
public final class Demo {
    private static final Duration MAILBOX_LIMIT = Duration.ofSeconds(60);

    private Demo() {}

    /**
     * @param arguments the state folder; what runs is written below its {@code run}, logs below {@code logs}. Then how many
     *     seconds the launcher has spent, from which the lines of progress count on
     */
    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            System.err.println("usage: Demo STATE-FOLDER SECONDS");
            System.exit(2);
        }
        long begin = System.nanoTime() - TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[1]));
        try {
            start(Path.of(arguments[0]).toAbsolutePath(), Ports.ofDemo(System.getenv()), begin);
        } catch (IllegalArgumentException | ServerException | IOException e) {
            if (!LocalProcess.isEnding()) { // else it is the signal that says so
                System.err.println("sekisho: the demo did not start: " + e.getMessage());
            }
            System.exit(1); // what was started ends with us
        }
    }

    private static void start(Path state, Ports ports, long begin) throws IOException {
        Path complete = state.resolve("demo/complete");
        boolean first = !Files.exists(complete);
        Files.createDirectories(state.resolve("demo"));
        Path ready = state.resolve("run/ready");
        Files.deleteIfExists(ready);
        keepPorts(state.resolve("demo/ports"), ports);
        var progress = new Progress(begin);
        progress.accept("starting the demo mailbox");
        var mailbox = mailbox(state, ports);
        var stage = Stage.open(new Stage.Settings(
                state.resolve("demo"), ports, List.of(), true, state.resolve("logs"), state.resolve("run"), false, progress));
        progress.accept("starting Sekisho");
        stage.start("all", "all", Map.of("gateway.journal.file", stage.folder().resolve("journal").toString()));
        progress.accept("sending a message with two attachments");
        DemoMessage.send(ports.smtp(), DemoMessage.write(ZonedDateTime.now(), UUID.randomUUID().toString()));
        progress.accept(first ? "ready" : "ready, with the data of last time");
        Files.writeString(complete, "the first start has ended well; without this file the launcher begins anew\n");
        stage.letRunOn();
        mailbox.letRunOn();
        Files.writeString(ready, "all servers run and the message was sent; without this file the launcher starts them again\n");
        System.out.println(DemoGuide.text(ports));
    }

    /** Keycloak remembers the addresses of its first start: with others, nobody could sign in. */
    private static void keepPorts(Path file, Ports ports) throws IOException {
        if (!Files.exists(file)) {
            Files.write(file, ports.settings());
            return;
        }
        var others = Files.readAllLines(file).stream().filter(each -> !ports.settings().contains(each)).toList();
        if (!others.isEmpty()) {
            throw new ServerException("the data of the demo was made for other ports; set " + String.join(" ", others) + " again, or run ./sekisho reset");
        }
    }

    private static LocalProcess mailbox(Path state, Ports ports) {
        Path target = Tools.repository().resolve("deploy/demo/target");
        var mailbox = LocalProcess.start(new LocalProcess.Start(
                "mailbox",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx128m", "-XX:+UseSerialGC",
                        "-cp", target.resolve("classes") + ":" + target.resolve("lib") + "/*", "sekisho.demo.mailbox.DemoMailbox",
                        Integer.toString(ports.mailboxSmtp()), Integer.toString(ports.mailbox()),
                        state.resolve("demo/mailbox").toString()),
                Map.of("JAVA_TOOL_OPTIONS", ""),
                state, state.resolve("logs/mailbox.log"), "TERM", state.resolve("run")));
        mailbox.await(MAILBOX_LIMIT, () -> Progress.answers(ports.mailbox()));
        return mailbox;
    }
}
