package sekisho.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real S3 server, S3Proxy, as a process of its own on a free port of this machine; its objects are files below the given folder. It
 * ends with {@link #close} or with this JVM. Needs nothing but the JDK and the jars that {@code ./sekisho prepare} fetches.
 */
final class S3ProxyServer implements AutoCloseable {
    static final String ACCESS_KEY = "test-access-key";
    static final String SECRET_KEY = "test-secret-key";
    private static final String JARS = "s3proxy-4.1.0";
    private static final int START_SECONDS = 60;

    private final Path folder;
    private final Process process;
    private final int port;
    private final Thread atExit;

    private S3ProxyServer(Path folder, Process process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Starts one with an empty folder, and waits until it answers. */
    static S3ProxyServer start(Path folder) throws IOException, InterruptedException {
        Path jars = jars();
        Files.createDirectories(folder.resolve("buckets"));
        int port = freePort();
        Path log = folder.resolve("s3proxy.log");
        var server = new S3ProxyServer(folder, new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx384m", "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=" + logging(folder), "-cp", jars.resolve("*").toString(),
                "org.gaul.s3proxy.Main", "--properties", properties(folder, port).toString()))
                .redirectErrorStream(true).redirectOutput(log.toFile()).start(), port);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!server.answers()) {
            if (server.process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                server.close();
                throw new IOException("S3Proxy didn't start on 127.0.0.1:" + port + "; it wrote: " + Files.readString(log));
            }
        }
        return server;
    }

    private static Path jars() {
        String home = Optional.ofNullable(System.getProperty("SEKISHO_TOOLS")).or(() -> Optional.ofNullable(System.getenv("SEKISHO_TOOLS")))
                .orElseGet(() -> Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).filter(cache -> !cache.isEmpty())
                        .orElse(System.getProperty("user.home") + "/.cache") + "/sekisho");
        Path jars = Path.of(home, JARS);
        if (!Files.isDirectory(jars)) {
            throw new IllegalStateException("no S3 server for this test in " + jars + "; run ./sekisho prepare");
        }
        return jars;
    }

    private static Path logging(Path folder) throws IOException {
        return Files.writeString(folder.resolve("logback.xml"), """
                <configuration>
                  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d %level %logger{0} %msg%n</pattern></encoder>
                  </appender>
                  <root level="WARN"><appender-ref ref="OUT"/></root>
                </configuration>
                """);
    }

    private static Path properties(Path folder, int port) throws IOException {
        return Files.writeString(folder.resolve("s3proxy.properties"), """
                s3proxy.endpoint=http://127.0.0.1:%d
                s3proxy.authorization=aws-v4
                s3proxy.identity=%2$s
                s3proxy.credential=%3$s
                jclouds.provider=filesystem-nio2
                jclouds.identity=%2$s
                jclouds.credential=%3$s
                jclouds.filesystem.basedir=%4$s
                """.formatted(port, ACCESS_KEY, SECRET_KEY, folder.resolve("buckets").toAbsolutePath()));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Makes an empty bucket: to this server, a folder. */
    void createBucket(String name) {
        try {
            Files.createDirectory(folder.resolve("buckets").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the bucket " + name, e);
        }
    }

    /** Ends it as a power cut would. */
    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
