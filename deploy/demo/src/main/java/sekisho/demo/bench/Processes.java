package sekisho.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import sekisho.embedded.LocalProcess;

/** What the system tells of running processes (proc(5)). */
public final class Processes {
    /** USER_HZ, the same on every Linux that a JDK runs on. */
    private static final double TICKS_A_SECOND = 100;

    private Processes() {}

    /** Processor time of a process and those it started, in user and kernel, in seconds. */
    static double processorSeconds(LocalProcess process) throws IOException {
        double seconds = 0;
        var root = ProcessHandle.of(process.pid()).orElseThrow(() -> new IOException("a server has ended"));
        for (var each : Stream.concat(Stream.of(root), root.descendants()).toList()) {
            try {
                String stat = Files.readString(Path.of("/proc", Long.toString(each.pid()), "stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                seconds += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
            } catch (NoSuchFileException _) {
                // has ended just now
            }
        }
        return seconds;
    }

    /** Resident memory of one process, in MiB, at most since it started (VmHWM). */
    public static long residentAtMost(LocalProcess process) throws IOException {
        String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"));
        return status.lines().filter(line -> line.startsWith("VmHWM:")).map(line -> line.replaceAll("[^0-9]", "")).mapToLong(Long::parseLong).findFirst()
                .orElseThrow(() -> new IOException("this system doesn't tell how much memory a process had")) >> 10;
    }
}
