package sekisho.storage;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that uses a bucket as a host, {@code bucket.localhost}: puts, reads and deletes an object, and puts one in two parts. A process of its own, since
 * not every machine knows such a name (RFC 6761 §6.3), and this JVM may have asked already.
 */
final class AskedByHost {

    private AskedByHost() {
    }

    /** @return the last line that it said */
    static String run(int port) throws IOException, InterruptedException {
        Path hosts = Files.createTempFile("sekisho-hosts", "");
        try {
            Files.writeString(hosts, "127.0.0.1 localhost bucket.localhost\n");
            List<String> command = new ArrayList<>(OwnProcess.commandWithLibraries(AskedByHost.class));
            command.add(Integer.toString(port));
            var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + hosts);
            var process = builder.start();
            try (var lines = process.inputReader()) {
                return String.join("", lines.lines().toList());
            } finally {
                process.waitFor();
            }
        } finally {
            Files.delete(hosts);
        }
    }

    /** @param arguments the server's port */
    public static void main(String[] arguments) throws Exception {
        var settings = new S3Settings(URI.create("http://localhost:" + arguments[0]), "bucket", "us-east-1", "access", "secret", false);
        try (var store = new S3Store(settings)) {
            put(store, "f/a", 1);
            try (var in = store.read("f/a", 0, 1)) {
                if (in.readAllBytes().length != 1) {
                    throw new IllegalStateException("another length");
                }
            }
            store.delete("f/a");
            put(store, "f/b", (16 << 20) + 1);
        }
        System.out.println("done");
    }

    private static void put(S3Store store, String key, int octets) throws IOException {
        try (var upload = store.create(key)) {
            byte[] piece = new byte[64 << 10];
            for (int left = octets; left > 0; left -= piece.length) {
                upload.out().write(piece, 0, Math.min(left, piece.length));
            }
            upload.finish();
        }
    }
}
