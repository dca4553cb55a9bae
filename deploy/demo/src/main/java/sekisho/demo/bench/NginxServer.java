package sekisho.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import sekisho.embedded.FileTree;
import sekisho.embedded.FreePorts;
import sekisho.embedded.LocalProcess;
import sekisho.embedded.ServerException;

/** Debian's nginx with a configuration of its own, beside any that the system runs: serves the files of one folder on loopback. */
final class NginxServer implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final Path files;
    private final int port;
    private final LocalProcess process;

    private NginxServer(Path folder, Path files, int port, LocalProcess process) {
        this.folder = folder;
        this.files = files;
        this.port = port;
        this.process = process;
    }

    /**
     * Starts one on a free port and waits until it listens. What isn't set here is as Debian has it: sendfile, a worker for each processor.
     *
     * @throws ServerException when it can't; nothing runs then
     */
    static NginxServer start() throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            throw new ServerException("nginx is not installed; Debian: apt-get install nginx");
        }
        // its workers aren't root and have to reach the files
        Path folder = Files.createTempDirectory("sekisho-nginx");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path files = Files.createDirectory(folder.resolve("files"));
        Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwxr-xr-x"));
        int port = FreePorts.take();
        Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                worker_processes auto;
                pid %1$s/nginx.pid;
                error_log stderr;
                events { worker_connections 2048; }
                http {
                    access_log off;
                    sendfile on;
                    tcp_nopush on;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    server { listen 127.0.0.1:%2$d; root %1$s/files; }
                }
                """.formatted(folder, port));
        var process = LocalProcess.start(new LocalProcess.Start("nginx",
                List.of(PROGRAM.toString(), "-e", "stderr", "-p", folder.toString(), "-c", folder.resolve("nginx.conf").toString()),
                Map.of("LC_ALL", "C"), folder, folder.resolve("nginx.log"), "TERM", null));
        process.await(START_LIMIT, () -> Sink.listens(port));
        return new NginxServer(folder, files, port, process);
    }

    /** Where the files go that it serves. */
    Path files() {
        return files;
    }

    int port() {
        return port;
    }

    LocalProcess process() {
        return process;
    }

    /** Stops it and removes its folder, with the files. */
    @Override
    public void close() {
        process.close();
        FileTree.delete(folder);
    }
}
