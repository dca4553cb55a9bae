package sekisho.embedded;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Debian's clamd with a configuration and a database of its own, on a port and on a Unix socket: it knows the EICAR test file, and octets
 * that no other scanner takes for malware. Nothing is fetched from anywhere.
 */
public final class ClamdServer implements AutoCloseable {
    /** What clamd finds {@link #malware()} by. */
    public static final String MALWARE_NAME = "Sekisho.Test.Malware.UNOFFICIAL";
    /** What clamd finds {@link #eicar()} by. */
    public static final String EICAR_NAME = "Eicar-Test-Signature.UNOFFICIAL";

    private static final Path PROGRAM = Path.of("/usr/sbin/clamd");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String MARK = "sekisho test malware 3f1e5ab0c7d94426";

    private final Path folder;
    private final int port;
    private final LocalProcess process;

    private ClamdServer(Path folder, int port, LocalProcess process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Starts one with its own limits, on a free port, and waits until it answers. */
    public static ClamdServer start() {
        return start(Map.of());
    }

    /**
     * Like {@link #start()}.
     *
     * @param settings of {@code clamd.conf}, beside or instead of those that are set here
     * @throws ServerException when it can't; nothing runs then
     */
    public static ClamdServer start(Map<String, String> settings) {
        try {
            // a short path: a socket's is at most 107 octets
            return startIn(Files.createTempDirectory("sekisho-clamd"), FreePorts.take(), settings);
        } catch (IOException e) {
            throw new ServerException("cannot make a folder for clamd: " + e.getMessage(), e);
        }
    }

    /** Like {@link #start(Map)}, on a port of the caller's choice: where one that was stopped has been. The folder goes when it is closed. */
    public static ClamdServer startIn(Path folder, int port, Map<String, String> settings) {
        if (!Files.isExecutable(PROGRAM)) {
            throw new ServerException("clamd is not installed; Debian: apt-get install clamav-daemon");
        }
        try {
            Path database = Files.createDirectories(folder.resolve("database"));
            Files.writeString(database.resolve("sekisho.ndb"), signature("Sekisho.Test.Malware", malware()) + signature("Eicar-Test-Signature", eicar()));
            var lines = new TreeMap<>(Map.of(
                    "DatabaseDirectory", database.toString(),
                    "LocalSocket", folder.resolve("clamd.ctl").toString(),
                    "TemporaryDirectory", folder.toString(),
                    "TCPAddr", "127.0.0.1",
                    "TCPSocket", Integer.toString(port),
                    "Foreground", "yes",
                    "AlertExceedsMax", "yes"));
            lines.putAll(settings);
            var text = new StringBuilder();
            lines.forEach((name, value) -> text.append(name).append(' ').append(value).append('\n'));
            Files.writeString(folder.resolve("clamd.conf"), text);
            var process = LocalProcess.start(new LocalProcess.Start("clamd", List.of(PROGRAM.toString(), "--config-file=" + folder.resolve("clamd.conf")),
                    Map.of("LC_ALL", "C"), folder, folder.resolve("clamd.log"), "TERM", null));
            var server = new ClamdServer(folder, port, process);
            process.await(START_LIMIT, server::answers);
            return server;
        } catch (IOException e) {
            throw new ServerException("cannot set up clamd: " + e.getMessage(), e);
        }
    }

    /** Octets that it takes for malware. They are not, and mean nothing to anybody else. */
    public static byte[] malware() {
        return MARK.getBytes(StandardCharsets.US_ASCII);
    }

    /** The test file of the European Institute for Computer Antivirus Research, which every scanner knows; put together, so that none finds it in our source. */
    public static byte[] eicar() {
        return ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!" + "$H+H*").getBytes(StandardCharsets.US_ASCII);
    }

    public int port() {
        return port;
    }

    public Path socket() {
        return folder.resolve("clamd.ctl");
    }

    public Path folder() {
        return folder;
    }

    public LocalProcess process() {
        return process;
    }

    /** Stops it and removes its folder. */
    @Override
    public void close() {
        process.close();
        FileTree.delete(folder);
    }

    private static String signature(String name, byte[] octets) {
        return name + ":0:*:" + HexFormat.of().formatHex(octets) + "\n";
    }

    private boolean answers() {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket()));
            channel.write(ByteBuffer.wrap("zPING\0".getBytes(StandardCharsets.US_ASCII)));
            return channel.read(ByteBuffer.allocate(16)) > 0;
        } catch (IOException _) {
            return false;
        }
    }
}
