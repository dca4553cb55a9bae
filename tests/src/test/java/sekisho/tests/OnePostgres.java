package sekisho.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import sekisho.demo.Stage;

/** One PostgreSQL for all installations that need no identity provider, each with a database of its own. Started when first asked for; ends with the JVM. */
final class OnePostgres {

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static @Nullable Stage only;

    private OnePostgres() {
    }

    /** The stage of a new installation on it. */
    static Stage stage(Stage.Settings settings) {
        return open().beside(settings, "alone_" + DATABASES.incrementAndGet());
    }

    private static synchronized Stage open() {
        if (only == null) {
            only = start();
        }
        return only;
    }

    private static Stage start() {
        try {
            var folder = RunFolder.make();
            Files.writeString(folder.resolve("policy.yaml"), Policies.AT_ONCE);
            var stage = Stage.openWithoutKeycloak(Stage.Settings.forTest(folder).startingFast());
            RunFolder.leaveAtTheEnd(stage);
            stage.train("mail", _ -> takesOneMessage(stage));   // before any, since most of what is started is this
            return stage;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void takesOneMessage(Stage stage) {
        try {
            var reply = new MailServer(stage.ports().smtp()).submits("hanako@example.co.jp", List.of("taro@partner.example"),
                Messages.twoAttachments("Training", Messages.octets(10, 1), Messages.octets(10, 2)));
            if (!reply.startsWith("250")) {
                throw new IllegalStateException(reply);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
