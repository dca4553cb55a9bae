package sekisho.storage;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** How a class of these tests is run as a process of its own. */
final class OwnProcess {
    private OwnProcess() {
    }

    /** It may use this module and the JDK, nothing else. */
    static List<String> command(Class<?> main) {
        return command(main, classes(DirectoryStore.class) + File.pathSeparator + classes(main));
    }

    /** It may use all that these tests may. */
    static List<String> commandWithLibraries(Class<?> main) {
        return command(main, System.getProperty("java.class.path"));
    }

    private static List<String> command(Class<?> main, String classPath) {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "-cp", classPath, main.getName());
    }

    private static Path classes(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
