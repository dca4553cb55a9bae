package sekisho.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Debian's Postfix with a configuration, queue and log of its own, beside any that the system runs: takes mail on loopback and hands all of
 * it to one next hop. It must be started as root, as Postfix always is; what touches mail runs as the user {@code postfix}.
 */
public final class PostfixServer implements AutoCloseable {
    private static final Path MASTER = Path.of("/usr/lib/postfix/sbin/master");
    private static final Path COMMAND = Path.of("/usr/sbin/postfix");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final int port;
    private final LocalProcess master;

    private PostfixServer(Path folder, int port, LocalProcess master) {
        this.folder = folder;
        this.port = port;
        this.master = master;
    }

    /**
     * Starts one on a free port and waits until it greets.
     *
     * @param hostName what it calls itself
     * @param relayPort the next hop, on loopback
     * @param parameters of {@code main.cf}, beside or instead of those that are set here
     * @throws ServerException when it can't; nothing runs then
     */
    public static PostfixServer start(String hostName, int relayPort, Map<String, String> parameters) {
        return start(hostName, relayPort, parameters, "");
    }

    /**
     * As above, with more services.
     *
     * @param services lines of {@code master.cf}, behind those that are set here
     */
    public static PostfixServer start(String hostName, int relayPort, Map<String, String> parameters, String services) {
        if (!Files.isExecutable(MASTER) || !Files.isExecutable(COMMAND)) {
            throw new ServerException("Postfix is not installed; Debian: apt-get install postfix");
        }
        int port = FreePorts.take();
        try {
            // Postfix's own user has to reach its queue
            Path folder = Files.createTempDirectory("sekisho-postfix");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            configure(folder, port, hostName, relayPort, parameters, services);
            createQueue(folder);
            var master = LocalProcess.start(new LocalProcess.Start(
                    "postfix", List.of(MASTER.toString(), "-c", folder.toString(), "-d"), Map.of("LC_ALL", "C"), folder,
                    folder.resolve("master.log"), "TERM", null));
            var server = new PostfixServer(folder, port, master);
            master.await(START_LIMIT, server::greets);
            return server;
        } catch (IOException e) {
            throw new ServerException("cannot set up Postfix: " + e.getMessage() + "; it needs root", e);
        }
    }

    public int port() {
        return port;
    }

    public LocalProcess process() {
        return master;
    }

    /** What it has logged: a line for each thing that happened to a message. */
    public String log() {
        try {
            Path log = folder.resolve("mail.log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new ServerException("cannot read the log of Postfix", e);
        }
    }

    /** How many messages are in its queue: incoming, active and deferred. */
    public long queued() {
        long all = 0;
        for (String name : List.of("incoming", "active", "deferred")) {
            try (var files = Files.walk(folder.resolve("queue").resolve(name))) {
                all += files.filter(Files::isRegularFile).count();
            } catch (IOException | java.io.UncheckedIOException _) {
                all++; // it moves while we look: not empty
            }
        }
        return all;
    }

    /** Stops it; what is in its queue is lost. */
    @Override
    public void close() {
        master.close();
        FileTree.delete(folder);
    }

    private static void configure(Path folder, int port, String hostName, int relayPort, Map<String, String> parameters, String services)
            throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.setOwner(data, folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix"));
        Files.createDirectory(folder.resolve("queue"));
        var main = new TreeMap<>(Map.ofEntries(
                Map.entry("compatibility_level", "3.6"),
                Map.entry("queue_directory", folder.resolve("queue").toString()),
                Map.entry("data_directory", data.toString()),
                Map.entry("maillog_file", folder.resolve("mail.log").toString()),
                Map.entry("maillog_file_prefixes", folder.toString()),
                Map.entry("inet_interfaces", "127.0.0.1"),
                Map.entry("inet_protocols", "ipv4"),
                Map.entry("myhostname", hostName),
                Map.entry("mydestination", ""),
                Map.entry("mynetworks", "127.0.0.0/8"),
                Map.entry("smtpd_relay_restrictions", "permit_mynetworks, reject"),
                Map.entry("relayhost", "[127.0.0.1]:" + relayPort),
                Map.entry("disable_dns_lookups", "yes"),
                Map.entry("smtp_host_lookup", "native"),
                Map.entry("local_transport", "error:no local mail here"),
                Map.entry("alias_maps", ""),
                Map.entry("alias_database", ""),
                Map.entry("smtputf8_enable", "yes"),
                Map.entry("message_size_limit", "0"),
                Map.entry("mailbox_size_limit", "0"),
                Map.entry("biff", "no")));
        main.putAll(parameters);
        var text = new StringBuilder();
        main.forEach((name, value) -> text.append(name).append(" = ").append(value).append('\n'));
        Files.writeString(folder.resolve("main.cf"), text);
        Files.writeString(folder.resolve("master.cf"), """
                127.0.0.1:%d inet n - n - - smtpd
                pickup     unix       n - n 60    1 pickup
                cleanup    unix       n - n -     0 cleanup
                qmgr       unix       n - n 300   1 qmgr
                rewrite    unix       - - n -     - trivial-rewrite
                bounce     unix       - - n -     0 bounce
                defer      unix       - - n -     0 bounce
                trace      unix       - - n -     0 bounce
                verify     unix       - - n -     1 verify
                flush      unix       n - n 1000? 0 flush
                proxymap   unix       - - n -     - proxymap
                smtp       unix       - - n -     - smtp
                relay      unix       - - n -     - smtp
                showq      unix       n - n -     - showq
                error      unix       - - n -     - error
                retry      unix       - - n -     - error
                discard    unix       - - n -     - discard
                anvil      unix       - - n -     1 anvil
                scache     unix       - - n -     1 scache
                tlsmgr     unix       - - n 1000? 1 tlsmgr
                postlog    unix-dgram n - n -     1 postlogd
                """.formatted(port) + services);
    }

    /** Postfix makes the folders of its queue itself, with their owners and modes. */
    private static void createQueue(Path folder) throws IOException {
        var check = new ProcessBuilder(COMMAND.toString(), "-c", folder.toString(), "check")
                .redirectErrorStream(true).redirectOutput(folder.resolve("check.log").toFile());
        try {
            if (check.start().waitFor() != 0) {
                throw new ServerException("Postfix doesn't like its configuration: " + Files.readString(folder.resolve("check.log")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted while Postfix was set up", e);
        }
    }

    private boolean greets() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            socket.setSoTimeout(10_000);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String greeting = in.readLine();
            return greeting != null && greeting.startsWith("220");
        } catch (IOException _) {
            return false;
        }
    }
}
