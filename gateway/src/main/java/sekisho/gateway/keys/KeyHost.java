package sekisho.gateway.keys;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The host that this process runs on, as far as key files are concerned: the same before and after a restart, and for two processes that read one file. Taken
 * from what is there already, and not from a file beside the private one: that is copied with its folder, and two hosts would count as one.
 *
 * @param name    the host's name: 1 to 255 visible ASCII characters, what it is called for operators and in the database
 * @param machine what tells two hosts of one name apart; empty where nothing does
 */
record KeyHost(String name, String machine) {

    private static final int LONGEST = 255;

    KeyHost {
        var visible = name.replaceAll("[^!-~]", "?");
        name = visible.isEmpty() ? "?" : visible.substring(0, Math.min(LONGEST, visible.length()));
    }

    /** This one, by its kernel (hostname(7)) and machine-id(5). */
    static KeyHost here() {
        var kernel = line(Path.of("/proc/sys/kernel/hostname"));
        return new KeyHost(kernel.isEmpty() ? named() : kernel, line(Path.of("/etc/machine-id")));
    }

    private static String line(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException _) {
            return "";
        }
    }

    private static String named() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException _) {
            return "";
        }
    }

    /** Who opens with a private file here. A file with another name, or on another host, is another one's: it has to be given what this one has. */
    UUID opener(Path privateFile) {
        return UUID.nameUUIDFromBytes(String.join("\n", name, machine, privateFile.toAbsolutePath().normalize().toString()).getBytes(StandardCharsets.UTF_8));
    }
}
