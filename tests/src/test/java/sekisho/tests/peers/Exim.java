package sekisho.tests.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import sekisho.embedded.Tools;

/**
 * Debian's exim as a company's mail server that hands everything to the hook: takes a message from the command line, delivers it and ends. It uses
 * BDAT where it is offered, and writes chunks behind MAIL and RCPT without waiting. Runs as Postfix's user, since its own isn't there.
 */
final class Exim {

    private final Path folder;
    private final Path program;
    private final Path libraries;

    private Exim(Path folder, Path program, Path libraries) {
        this.folder = folder;
        this.program = program;
        this.libraries = libraries;
    }

    /** @param hookPort on loopback */
    static Exim before(int hookPort) throws IOException {
        // Exim gives root up, and its user has to reach all of this.
        var folder = Files.createTempDirectory("sekisho-exim");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        copy(Tools.exim(), Files.createDirectory(folder.resolve("program")));
        var program = folder.resolve("program/usr/sbin/exim4");
        try (var found = Files.walk(folder.resolve("program"))) {
            var wrapper = found.filter(each -> each.endsWith("libnss_wrapper.so")).findFirst().orElseThrow();
            var exim = new Exim(folder, program, wrapper.getParent());
            exim.configure(hookPort);
            return exim;
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (Path each : all.filter(file -> !file.equals(from)).toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()), LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        try (var folders = Files.walk(to)) {
            for (Path each : folders.filter(Files::isDirectory).toList()) {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    private void configure(int hookPort) throws IOException {
        Files.writeString(folder.resolve("exim.conf"), """
            exim_path = %2$s
            primary_hostname = mail.example.co.jp
            spool_directory = %1$s/spool
            log_file_path = %1$s/log/%%slog
            keep_environment = ^LD_ : ^NSS_WRAPPER_
            begin routers
            all:
              driver = manualroute
              transport = hook
              route_list = * 127.0.0.1::%3$d byname
              self = send
            begin transports
            hook:
              driver = smtp
              allow_localhost
            begin retry
            * * F,1h,1m
            """.formatted(folder, program, hookPort));
        var postfix = Files.readAllLines(Path.of("/etc/passwd")).stream().filter(line -> line.startsWith("postfix:")).findFirst()
            .orElseThrow(() -> new IOException("there is no user postfix; Debian: apt-get install postfix")).split(":");
        lend("passwd", "Debian-exim:x:" + postfix[2] + ":" + postfix[3] + "::/nonexistent:/usr/sbin/nologin");
        lend("group", "Debian-exim:x:" + postfix[3] + ":");
        var owner = folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix");
        for (var name : List.of("spool", "log")) {
            Files.setOwner(Files.createDirectory(folder.resolve(name)), owner);
        }
    }

    private void lend(String name, String line) throws IOException {
        Files.writeString(folder.resolve(name), Files.readString(Path.of("/etc").resolve(name)) + line + "\n");
    }

    /** Sends it and waits until the attempt is over; returns what exim has logged so far. */
    String sends(String from, List<String> to, byte[] message) throws IOException, InterruptedException {
        var input = Files.write(folder.resolve("message"), message);
        var command = new ArrayList<>(List.of(program.toString(), "-C", folder.resolve("exim.conf").toString(), "-i", "-odi", "-f", from));
        command.addAll(to);
        var builder = new ProcessBuilder(command).redirectInput(input.toFile()).redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile());
        builder.environment().put("LD_PRELOAD", libraries.resolve("libnss_wrapper.so").toString());
        builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        builder.environment().put("NSS_WRAPPER_PASSWD", folder.resolve("passwd").toString());
        builder.environment().put("NSS_WRAPPER_GROUP", folder.resolve("group").toString());
        if (builder.start().waitFor() != 0) {
            throw new IOException("exim failed: " + Files.readString(folder.resolve("said")));
        }
        return Files.readString(folder.resolve("log/mainlog"));
    }
}
