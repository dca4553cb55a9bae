package sekisho.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sekisho.embedded.KeycloakServer;
import sekisho.embedded.PostgresServer;
import sekisho.embedded.ProductProcess;
import sekisho.embedded.ServerException;
import sekisho.embedded.StartCache;
import sekisho.embedded.Tools;
import sekisho.tools.CommandException;
import sekisho.tools.DatabaseLogin;
import sekisho.tools.Keys;
import sekisho.tools.Migrate;

/**
 * An installation on this machine: PostgreSQL with the schema, Keycloak with the realm, keys, a folder for objects, a
 * policy. On it any of the runnables can be started, one or more of each. Several installations can share servers.
 *
 * <p>The mailbox that the product and Keycloak hand their mail to is not here: the demo starts one as a process, a test
 * holds one in its hands.
 */
public final class Stage implements AutoCloseable {
    /** A database that nobody uses. */
    private static final String MIGRATED = "migrated";
    private static final String COLLECTOR = "-XX:+UseSerialGC";
    private static final List<String> MEMORY = List.of("-Xmx512m", COLLECTOR);

    private final Settings settings;
    private final PostgresServer postgres;
    private final String database;
    private final @Nullable KeycloakServer keycloak;
    private final boolean ownsServers;
    private final List<ProductProcess> products = new ArrayList<>();
    private boolean hasMigrated;

    private Stage(Settings settings, PostgresServer postgres, String database, @Nullable KeycloakServer keycloak, boolean ownsServers) {
        this.settings = settings;
        this.postgres = postgres;
        this.database = database;
        this.keycloak = keycloak;
        this.ownsServers = ownsServers;
    }

    /**
     * How to set it.
     *
     * @param folder its state; made when missing, used again when not
     * @param ports where everything is
     * @param otherPages addresses of pages beside {@link Ports#webUrl()}, for more {@code web} or {@code admin} processes
     * @param provesAddresses see {@link KeycloakServer.Settings}
     * @param logs the folder for logs
     * @param pidFolder null, or where pid files go; then everything can outlive this JVM
     * @param startsFast whether the runnables are compiled by C1 alone, and use a {@link StartCache} if there is one: a quarter of the time to start, and
     *     slower when they are asked for much
     * @param progress is told what happens, a line at a time
     */
    public record Settings(
            Path folder,
            Ports ports,
            List<String> otherPages,
            boolean provesAddresses,
            Path logs,
            @Nullable Path pidFolder,
            boolean startsFast,
            Consumer<String> progress) {
        public Settings {
            folder = folder.toAbsolutePath();
            logs = logs.toAbsolutePath();
            otherPages = List.copyOf(otherPages);
        }

        /** For a test: free ports, logs beside the state. */
        public static Settings forTest(Path folder, String... otherPages) {
            return new Settings(folder, Ports.free(), List.of(otherPages), true, folder.resolve("logs"), null, false, _ -> { });
        }

        /** These, for runnables that end soon. */
        public Settings startingFast() {
            return new Settings(folder, ports, otherPages, provesAddresses, logs, pidFolder, true, progress);
        }
    }

    /**
     * Sets it up: about 30 s the first time, 10 s after.
     *
     * @throws ServerException when a part doesn't start; nothing runs then
     */
    public static Stage open(Settings settings) {
        Path folder = settings.folder();
        var progress = settings.progress();
        var postgres = startPostgres(settings);
        try {
            progress.accept(Files.exists(folder.resolve("keycloak/home")) ? "starting Keycloak" : "starting Keycloak for the first time");
            var pages = new ArrayList<>(settings.otherPages());
            pages.addFirst(settings.ports().webUrl());
            var keycloak = KeycloakServer.start(
                    new KeycloakServer.Settings(
                            folder.resolve("keycloak"), settings.ports().keycloak(), settings.ports().keycloakManagement(),
                            settings.ports().mailboxSmtp(), pages, pages, settings.provesAddresses(),
                            settings.logs().resolve("keycloak.log"), settings.pidFolder()),
                    postgres);
            return new Stage(settings, postgres, postgres.jdbcUrl(), keycloak, true);
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** Like {@link #open}, without Keycloak: for mail alone, or for pages that nobody signs in to; the caller says where those look for it. */
    public static Stage openWithoutKeycloak(Settings settings) {
        var postgres = startPostgres(settings);
        return new Stage(settings, postgres, postgres.jdbcUrl(), null, true);
    }

    /**
     * Another installation on the servers of this one, which stays theirs to close: database, keys, objects and policy are its own.
     *
     * @param settings those of the servers are not looked at
     * @param database its name: lower-case letters, digits and underscores
     */
    public Stage beside(Settings settings, String database) {
        String url = copyMigrated(database);
        prepareFolders(settings.folder());
        return new Stage(settings, postgres, url, keycloak, false);
    }

    /** All steps of migration once; the others are copies of what came of it. */
    private synchronized String copyMigrated(String database) {
        if (!hasMigrated) {
            migrate(postgres, postgres.createDatabase(MIGRATED));
            hasMigrated = true;
        }
        String url = postgres.createDatabase(database, MIGRATED);
        letTakeMail(postgres, url); // a right to connect belongs to one database
        return url;
    }

    private static PostgresServer startPostgres(Settings settings) {
        settings.progress().accept("starting PostgreSQL");
        var postgres = PostgresServer.start(
                settings.folder().resolve("postgres"), settings.logs().resolve("postgres.log"), settings.pidFolder());
        try {
            migrate(postgres, postgres.jdbcUrl());
            prepareFolders(settings.folder());
            return postgres;
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /**
     * Starts a runnable on this stage and waits until it is ready. It ends with the stage, or before, as the caller likes.
     *
     * @param runnable {@code all}, {@code web}, {@code mail} or {@code admin}
     * @param name the name of its folder and log; one of its own for each process
     * @param extra settings beside, or instead of, those in {@link #properties}
     */
    public ProductProcess start(String runnable, String name, Map<String, String> extra) {
        return start(runnable, name, extra, MEMORY);
    }

    /** As above, with other arguments for the JVM than {@code -Xmx512m -XX:+UseSerialGC}. */
    public ProductProcess start(String runnable, String name, Map<String, String> extra, List<String> memory) {
        var product = ProductProcess.start(settingsOf(runnable, name, extra, memory));
        products.add(product);
        return product;
    }

    /** Makes a {@link StartCache}, which runnables that are to start fast use from then on. */
    public void train(String runnable, Consumer<ProductProcess> training) {
        StartCache.make(settingsOf(runnable, "training", Map.of(), MEMORY), training);
    }

    /** Like {@link #start}, but doesn't wait. */
    public ProductProcess launch(String runnable, String name, Map<String, String> extra) {
        return launch(runnable, name, extra, List.of());
    }

    /** As above. @param inside a command that becomes the one behind it, such as {@code unshare -m} */
    public ProductProcess launch(String runnable, String name, Map<String, String> extra, List<String> inside) {
        var product = ProductProcess.launch(settingsOf(runnable, name, extra, MEMORY), inside);
        products.add(product);
        return product;
    }

    /** The settings of a runnable on this stage, on the ports of the stage. */
    public Map<String, String> properties(String runnable) {
        return ProductSettings.of(runnable, this);
    }

    public Ports ports() {
        return settings.ports();
    }

    public Path folder() {
        return settings.folder();
    }

    public PostgresServer postgres() {
        return postgres;
    }

    /** JDBC address of this installation's database; without user and password. */
    public String database() {
        return database;
    }

    public KeycloakServer keycloak() {
        if (keycloak == null) {
            throw new IllegalStateException("this stage was opened without Keycloak");
        }
        return keycloak;
    }

    boolean hasKeycloak() {
        return keycloak != null;
    }

    /** The policy in force; a change takes effect within 10 s. */
    public Path policyFile() {
        return settings.folder().resolve("policy.yaml");
    }

    public Path keys() {
        return settings.folder().resolve("keys");
    }

    /** Where the directory store keeps its objects. */
    public Path objects() {
        return settings.folder().resolve("objects");
    }

    /** Everything that runs now, runs on when this JVM ends. */
    public void letRunOn() {
        products.forEach(product -> product.process().letRunOn());
        if (keycloak != null) {
            keycloak.process().letRunOn();
        }
        postgres.process().letRunOn();
    }

    @Override
    public void close() {
        products.reversed().forEach(ProductProcess::close);
        if (ownsServers) {
            if (keycloak != null) {
                keycloak.close();
            }
            postgres.close();
        }
    }

    private ProductProcess.Settings settingsOf(String runnable, String name, Map<String, String> extra, List<String> memory) {
        var properties = new TreeMap<>(properties(runnable));
        properties.putAll(extra);
        var arguments = new ArrayList<>(List.of("-XX:+ExitOnOutOfMemoryError"));
        if (settings.startsFast()) {
            arguments.add("-XX:TieredStopAtLevel=1");
            if (memory.contains(COLLECTOR)) {
                arguments.addAll(StartCache.arguments(runnable));
            }
        }
        arguments.addAll(memory);
        return new ProductProcess.Settings(
                runnable, name, settings.folder().resolve(name), properties, arguments,
                settings.logs().resolve(name + ".log"), settings.pidFolder());
    }

    private static void migrate(PostgresServer postgres, String database) {
        try {
            Migrate.migrate(owner(postgres, database), postgres.app().user());
        } catch (CommandException e) {
            throw new ServerException(e.getMessage(), e);
        }
        letTakeMail(postgres, database);
    }

    private static void letTakeMail(PostgresServer postgres, String database) {
        try {
            Migrate.letTakeMail(owner(postgres, database), postgres.mail().user());
        } catch (CommandException e) {
            throw new ServerException(e.getMessage(), e);
        }
    }

    private static DatabaseLogin owner(PostgresServer postgres, String database) {
        return new DatabaseLogin(database, postgres.owner().user(), postgres.owner().password());
    }

    private static void prepareFolders(Path folder) {
        try {
            Files.createDirectories(folder);
            if (!Files.exists(folder.resolve("keys"))) {
                Path work = Files.createTempDirectory(folder, "keys"); // renamed when complete: an interrupted start leaves no half
                Keys.generate(work);
                Files.move(work, folder.resolve("keys"));
            }
            Files.createDirectories(folder.resolve("objects"));
            if (!Files.exists(folder.resolve("policy.yaml"))) {
                Files.copy(Tools.repository().resolve("deploy/demo/policy.yaml"), folder.resolve("policy.yaml"));
            }
        } catch (IOException | CommandException e) {
            throw new ServerException("cannot prepare " + folder + ": " + e.getMessage(), e);
        }
    }
}
