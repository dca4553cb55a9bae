package sekisho.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import sekisho.demo.Stage;
import sekisho.demo.mailbox.DemoMailbox;
import sekisho.embedded.FreePorts;
import sekisho.embedded.ProductProcess;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.storage.DirectoryStore;
import sekisho.storage.StoreException;

/**
 * An installation of one test's own, which may break it: database, keys, objects, policy, and a mailbox that records what the smart host
 * is given. Nothing of the product runs in it until the test starts it.
 */
public final class Installation implements AutoCloseable {

    /** A class that is tried again finds the database of its first try. */
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Stage stage;
    private final DemoMailbox mailbox;
    private final PostgresData data;
    private volatile Function<Mailbox, Optional<SmtpReply>> refusals = DemoMailbox.REFUSALS;

    private Installation(Stage stage) throws IOException {
        this.stage = stage;
        this.mailbox = new DemoMailbox(stage.ports().mailboxSmtp(), stage.ports().mailbox(), stage.folder().resolve("mailbox"),
            recipient -> refusals.apply(recipient));
        this.data = new PostgresData(stage.database(), stage.postgres().owner());
    }

    /** Without an identity provider: nobody can sign in. */
    public static Installation alone(String policy) {
        return build(policy, OnePostgres::stage);
    }

    /** Like {@link #alone}, with a PostgreSQL of its own, for a test that takes it away. */
    public static Installation withItsOwnPostgres(String policy) {
        return build(policy, Stage::openWithoutKeycloak);
    }

    /** On the servers of the house. @param name of its database, to which a number is added */
    public static Installation inTheHouse(String name, String policy) {
        return build(policy, settings -> House.open().stage().beside(settings, name + "_" + DATABASES.incrementAndGet()));
    }

    @FunctionalInterface
    private interface Opening {
        Stage open(Stage.Settings settings);
    }

    private static Installation build(String policy, Opening opening) {
        try {
            var folder = RunFolder.make();
            Files.writeString(folder.resolve("policy.yaml"), policy);
            return new Installation(opening.open(Stage.Settings.forTest(folder).startingFast()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public Stage stage() {
        return stage;
    }

    public DemoMailbox mailbox() {
        return mailbox;
    }

    /** From now on the smart host answers RCPT with what this gives, and 250 where it gives nothing. May block. */
    public void smartHostRefuses(Function<Mailbox, Optional<SmtpReply>> refusing) {
        refusals = refusing;
    }

    public Inbox inbox() {
        return new Inbox(mailbox);
    }

    public MailServer mailServer() {
        return new MailServer(stage.ports().smtp());
    }

    /** Starts a runnable on this installation's ports and waits until it is ready. */
    public ProductProcess start(String runnable, Map<String, String> extra) {
        return stage.start(runnable, runnable, extra);
    }

    /** As above, with other memory than usual. @param memory arguments for the JVM, such as {@code -Xmx128m} */
    public ProductProcess start(String runnable, Map<String, String> extra, List<String> memory) {
        return stage.start(runnable, runnable, extra, memory);
    }

    /**
     * Starts a runnable with pages, {@code web}, {@code admin} or {@code all}, at an address of its own and waits until it is ready.
     *
     * @param name of its folder and log, one of its own for each process
     * @param pages its address, which the identity provider must know; for links in mail to lead there, {@code mail} must be told
     */
    public ProductProcess startPages(String runnable, String name, String pages, Map<String, String> extra) {
        return stage.start(runnable, name, withPages(pages, extra));
    }

    /** As above, with other memory than usual. @param memory arguments for the JVM, such as {@code -Xmx128m} */
    public ProductProcess startPages(String runnable, String name, String pages, Map<String, String> extra, List<String> memory) {
        return stage.start(runnable, name, withPages(pages, extra), memory);
    }

    private static Map<String, String> withPages(String pages, Map<String, String> extra) {
        var settings = new HashMap<>(extra);
        settings.putIfAbsent("pages.public-origin", pages);
        settings.putIfAbsent("quarkus.http.port", Integer.toString(URI.create(pages).getPort()));
        settings.put("quarkus.management.port", Integer.toString(FreePorts.take()));
        return settings;
    }

    /** What stands in the database, seen by its owner. */
    public PostgresData data() {
        return data;
    }

    /** The keys of all objects in the directory store. */
    public Set<String> objects() throws StoreException {
        var keys = new HashSet<String>();
        try (var store = new DirectoryStore(stage.objects())) {
            store.list(object -> keys.add(object.key()));
        }
        return keys;
    }

    /** Objects that no row names. */
    public Set<String> orphans() throws StoreException {
        var orphans = objects();
        orphans.removeAll(data.texts("select object_key from file union all select spool_key from delivery where spool_key is not null"));
        return orphans;
    }

    /** How many uploads are begun and not finished, or were cut off. */
    public long unfinishedUploads() throws IOException {
        Path folder = stage.objects().resolve("tmp");
        if (!Files.exists(folder)) {
            return 0;
        }
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }

    /** Throws an {@link AssertionError} when its processes have logged what they must not. */
    @Override
    public void close() {
        var secrets = QuietLogs.secrets(mailbox);
        data.forget();
        stage.close();
        mailbox.close();
        try {
            new QuietLogs(stage.folder().resolve("logs")).require(secrets);
        } finally {
            RunFolder.leave(stage.folder());
        }
    }
}
