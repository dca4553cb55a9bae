package sekisho.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import sekisho.demo.Stage;
import sekisho.demo.mailbox.DemoMailbox;
import sekisho.embedded.FreePorts;
import sekisho.embedded.ProductProcess;

/**
 * The house that the stories happen in: real PostgreSQL, real Keycloak, the {@code all} runnable as a process, and a mailbox that
 * records what the smart host is given. Started once for a test run; everything ends with the JVM.
 */
public final class House {

    private static final int SPARE_PAGES = 3;
    private static House only;
    private static RuntimeException broken;

    private final Stage stage;
    private final DemoMailbox mailbox;
    private final ProductProcess all;
    private final List<String> sparePages;
    private final QuietLogs quiet;

    private House(Stage stage, DemoMailbox mailbox, ProductProcess all, List<String> sparePages) {
        this.stage = stage;
        this.mailbox = mailbox;
        this.all = all;
        this.sparePages = sparePages;
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
                rules:
                  - name: rivals get nothing
                    when: { recipient: "@rival.example", attachments: present }
                    then: { attachments: refuse }
                  - name: at once
                    when: { recipient: ["@partner.example", "@slow.example"], sender: ichiro@example.co.jp }
                    then: { hold: none, expires: 1h, downloads: 2 }
                  - name: short lived
                    when: { recipient: "@brief.example" }
                    then: { hold: none, expires: 1s }
                """);
            var sparePages = Stream.generate(() -> "http://localhost:" + FreePorts.take()).distinct().limit(SPARE_PAGES).toList();
            var settings = Stage.Settings.forTest(folder, sparePages.toArray(String[]::new)).startingFast();
            var stage = Stage.open(settings);
            RunFolder.leaveAtTheEnd(stage);
            var ports = stage.ports();
            var mailbox = new DemoMailbox(ports.mailboxSmtp(), ports.mailbox(), folder.resolve("mailbox"), DemoMailbox.REFUSALS);
            List.of("web", "all").forEach(runnable -> stage.train(runnable, _ -> { }));
            var all = stage.start("all", "all", Map.of("mail-hook.retry.first", "2s", "gateway.life.grace", "2s"));
            return new House(stage, mailbox, all, sparePages);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Nothing when it wasn't opened. */
    static synchronized void requireQuietLogs() {
        if (only != null) {
            only.quiet.require(QuietLogs.secrets(only.mailbox));
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

    /** Addresses at which other {@code web} or {@code admin} processes may be, as far as the identity provider is concerned: 0 to 2. */
    public String sparePage(int number) {
        return sparePages.get(number);
    }

    /** What stands in the database, seen by its owner. */
    public PostgresData data() {
        return new PostgresData(stage.database(), stage.postgres().owner());
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
