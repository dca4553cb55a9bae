package sekisho.tests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sekisho.demo.Stage;
import sekisho.demo.mailbox.DemoMailbox;
import sekisho.embedded.FreePorts;
import sekisho.embedded.ProductProcess;

/**
 * The house that the stories happen in: real PostgreSQL, real Keycloak, the {@code all} runnable as a process, and a mailbox that
 * records what the smart host is given. Started once for a test run; everything ends with the JVM. Classes whose tests use more of it than its servers
 * run one after the other: {@link UsesTheHouse}.
 */
public final class House {

    /** More than all tests of a run take, and those that are tried again. */
    private static final int PAGES = 64;
    private static volatile @Nullable House only;
    private static @Nullable RuntimeException broken;

    private final Stage stage;
    private final DemoMailbox mailbox;
    private final ProductProcess all;
    private final String unansweredPage;
    private final Queue<String> pages;
    private final QuietLogs quiet;

    private House(Stage stage, DemoMailbox mailbox, ProductProcess all, List<String> pages) {
        this.stage = stage;
        this.mailbox = mailbox;
        this.all = all;
        this.unansweredPage = pages.getFirst();
        this.pages = new ConcurrentLinkedQueue<>(pages.subList(1, pages.size()));
        this.quiet = new QuietLogs(all.log().getParent());
    }

    /** The house, started when first asked for. */
    public static synchronized House open() {
        if (broken != null) {
            throw new IllegalStateException("the house could not be built, see the first failure", broken);
        }
        if (only == null) {
            try {
                only = build();
            } catch (RuntimeException failed) {
                broken = failed;
                throw failed;
            }
        }
        return only;
    }

    private static House build() {
        try {
            var folder = RunFolder.make();
            Files.writeString(folder.resolve("policy.yaml"), """
                inside: [example.co.jp]
                partners: [partner.example]
                rules:
                  - name: rivals get nothing
                    when: { recipient: "@rival.example", attachments: present }
                    then: { attachments: refuse }
                  - name: at once
                    when: { recipient: ["@partner.example", "@slow.example"], sender: ichiro@example.co.jp }
                    then: { hold: none, expires: 1h, downloads: 2 }
                  - name: short lived
                    when: { recipient: "@brief.example" }
                    then: { hold: none, expires: 10s }
                """);
            var pages = Stream.generate(() -> "http://localhost:" + FreePorts.take()).limit(PAGES).toList();
            var settings = Stage.Settings.forTest(folder, pages.toArray(String[]::new)).startingFast();
            var stage = Stage.open(settings);
            RunFolder.leaveAtTheEnd(stage);
            try (var console = new KeycloakConsole(stage.keycloak())) {
                console.letsPeopleSignInAtOnce();
            }
            var ports = stage.ports();
            var mailbox = new DemoMailbox(ports.mailboxSmtp(), ports.mailbox(), folder.resolve("mailbox"), DemoMailbox.REFUSALS);
            Training.of(stage, "all");
            // whoever asks for more lines than there are must get no token or link with them: HouseIsQuiet
            var all = stage.start("all", "all", Map.of("mail-hook.retry.first", "2s", "gateway.life.grace", "2s", "quarkus.log.level", "DEBUG"));
            Training.beside(stage, "web");
            return new House(stage, mailbox, all, pages);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the house was built", stopped);
        }
    }

    /** Nothing when it wasn't opened. */
    static void requireQuietLogs() {
        var house = only;
        if (house != null) {
            house.quiet.require(QuietLogs.secrets(house.mailbox));
        }
    }

    public Stage stage() {
        return stage;
    }

    public DemoMailbox mailbox() {
        return mailbox;
    }

    public ProductProcess all() {
        return all;
    }

    /** Where pages are, without a slash at the end. */
    public String web() {
        return stage.ports().webUrl();
    }

    /** An address at which a {@code web} or {@code admin} process may be, as far as the identity provider is concerned. Nobody else gets it. */
    public String takePage() {
        var page = pages.poll();
        if (page == null) {
            throw new IllegalStateException("all " + PAGES + " addresses are taken; give the house more");
        }
        return page;
    }

    /** An address that the identity provider knows too, and where nobody ever answers. */
    public String unansweredPage() {
        return unansweredPage;
    }

    /** What stands in the database, seen by its owner. */
    public PostgresData data() {
        return new PostgresData(stage.database(), stage.postgres().owner());
    }

    /** Waits until what was served is written down: a download's client knows its end before. */
    public void awaitsNoDownload() {
        await().until(() -> data().number("select count(*) from ticket where running > 0") == 0);
    }

    public MailServer mailServer() {
        return new MailServer(stage.ports().smtp());
    }

    /** Everything that the processes have logged so far. */
    public String logs() {
        try (var files = Files.list(all.log().getParent())) {
            var text = new StringBuilder();
            for (Path file : files.filter(f -> f.getFileName().toString().matches("(all|web|mail|admin).*\\.log")).toList()) {
                text.append(Files.readString(file));
            }
            return text.toString();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
