package sekisho.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The programs of others that our servers are: where they are on this machine.
 *
 * <p>The launcher {@code ./sekisho prepare NAME} knows their versions and how to fetch them; asking it here means that a
 * plain {@code mvn verify} works on a fresh machine too, and that nobody ever runs yesterday's build of Keycloak.
 */
public final class Tools {
    private static final Map<String, Path> FOUND = new ConcurrentHashMap<>();

    private Tools() {}

    /** The PostgreSQL folder: {@code bin}, {@code lib}, {@code share}. */
    public static Path postgres() {
        return find("postgres");
    }

    /** The Keycloak folder, built for PostgreSQL with our theme and providers in it. Nobody may write there. */
    public static Path keycloak() {
        return find("keycloak");
    }

    /** The folder with the jars of S3Proxy. */
    public static Path s3proxy() {
        return find("s3proxy");
    }

    /** The folder that Debian's exim is unpacked in, with the libraries that it needs. */
    public static Path exim() {
        return find("exim");
    }

    /**
     * The repository that this program was built in.
     *
     * @throws ServerException when no folder above the working folder is one
     */
    public static Path repository() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("sekisho")) && Files.isDirectory(folder.resolve("deploy/launcher"))) {
                return folder;
            }
        }
        throw new ServerException("no Sekisho repository at or above " + Path.of("").toAbsolutePath()
                + "; start this program inside one");
    }

    private static Path find(String name) {
        return FOUND.computeIfAbsent(name, Tools::askLauncher);
    }

    private static Path askLauncher(String name) {
        Path repository = repository();
        var builder = new ProcessBuilder(repository.resolve("sekisho").toString(), "prepare", name)
                .directory(repository.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            Process launcher = builder.start();
            launcher.getOutputStream().close();
            var answer = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = launcher.waitFor();
            if (status != 0) {
                throw new ServerException("./sekisho prepare " + name + " failed with status " + status + "; it said why above");
            }
            return answer.lines()
                    .filter(line -> line.startsWith(name + "="))
                    .map(line -> Path.of(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow(() -> new ServerException("./sekisho prepare " + name + " did not say where it is"));
        } catch (IOException e) {
            throw new ServerException("cannot run ./sekisho prepare " + name + " in " + repository, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted while preparing " + name, e);
        }
    }
}
