package sekisho.tests.peers;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import sekisho.embedded.FreePorts;
import sekisho.embedded.LocalProcess;
import sekisho.embedded.Tools;

/**
 * S3Proxy as a process of its own: an S3 server whose buckets are folders.
 *
 * @param buckets a bucket is a folder in here
 */
record S3Server(LocalProcess process, int port, Path buckets) implements AutoCloseable {

    static final String ACCESS_KEY = "test-access-key";
    static final String SECRET_KEY = "test-secret-key";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    static S3Server start(Path folder, String bucket) throws IOException {
        Path buckets = Files.createDirectories(folder.resolve("buckets"));
        Files.createDirectory(buckets.resolve(bucket));
        int port = FreePorts.take();
        Path properties = Files.writeString(folder.resolve("s3proxy.properties"), """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v4
            s3proxy.identity=%2$s
            s3proxy.credential=%3$s
            jclouds.provider=filesystem-nio2
            jclouds.identity=%2$s
            jclouds.credential=%3$s
            jclouds.filesystem.basedir=%4$s
            """.formatted(port, ACCESS_KEY, SECRET_KEY, buckets));
        var process = LocalProcess.start(new LocalProcess.Start("s3proxy", List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx384m", "-XX:+UseSerialGC", "-DLOG_LEVEL=warn",
            "-cp", Tools.s3proxy().resolve("*").toString(), "org.gaul.s3proxy.Main", "--properties", properties.toString()),
            Map.of("JAVA_TOOL_OPTIONS", ""), folder, folder.resolve("s3proxy.log"), "TERM", null));
        var server = new S3Server(process, port, buckets);
        process.await(START_LIMIT, server::answers);
        return server;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    private boolean answers() {
        try (var socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
