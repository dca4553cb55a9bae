package sekisho.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Debian's nginx with a configuration of its own, beside any that the system runs, on loopback. */
public final class NginxServer implements AutoCloseable {
    private static final String FILES = "files";
    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final int port;
    private final LocalProcess process;

    /** What it serves. */
    @FunctionalInterface
    public interface Site {
        /** The block {@code server}. @param files a folder of its own; what is put there its workers can read */
        String server(Path files, int port);
    }

    private NginxServer(Path folder, int port, LocalProcess process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /**
     * Starts one on a free port and waits until it listens. What isn't set here is as Debian has it: sendfile, a worker for each processor.
     *
     * @throws ServerException when it can't; nothing runs then
     */
    public static NginxServer start(Site site) throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            throw new ServerException("nginx is not installed; Debian: apt-get install nginx");
        }
        // its workers aren't root and have to reach the files
        Path folder = Files.createTempDirectory("sekisho-nginx");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path files = Files.createDirectory(folder.resolve(FILES));
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
                    %2$s
                }
                """.formatted(folder, site.server(files, port)));
        var process = LocalProcess.start(new LocalProcess.Start("nginx",
                List.of(PROGRAM.toString(), "-e", "stderr", "-p", folder.toString(), "-c", folder.resolve("nginx.conf").toString()),
                Map.of("LC_ALL", "C"), folder, folder.resolve("nginx.log"), "TERM", null));
        process.await(START_LIMIT, () -> LocalProcess.listens(port));
        return new NginxServer(folder, port, process);
    }

    /** Where the files go that it serves, where it serves any. */
    public Path files() {
        return folder.resolve(FILES);
    }

    /** What it has put aside of requests and answers: one line for each of its temporary files that is there or open, so many octets and its name. */
    public List<String> putAside() throws IOException {
        var aside = new ArrayList<String>();
        try (var processes = ProcessHandle.of(process.pid()).orElseThrow().descendants()) {
            for (var each : processes.toList()) {
                try (var open = Files.newDirectoryStream(Path.of("/proc", Long.toString(each.pid()), "fd"))) {
                    for (var file : open) {
                        var name = name(file);
                        if (name.startsWith(folder + "/body/") || name.startsWith(folder + "/proxy/")) {
                            aside.add(Files.size(file) + " " + name);
                        }
                    }
                }
            }
        }
        return aside;
    }

    private static String name(Path open) throws IOException {
        try {
            return Files.readSymbolicLink(open).toString();
        } catch (NoSuchFileException _) {
            return "";   // closed meanwhile
        }
    }

    public int port() {
        return port;
    }

    public LocalProcess process() {
        return process;
    }

    /** Stops it and removes its folder, with the files. */
    @Override
    public void close() {
        process.close();
        FileTree.delete(folder);
    }
}
