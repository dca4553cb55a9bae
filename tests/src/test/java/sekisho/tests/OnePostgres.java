package sekisho.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
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
            var stage = Stage.openWithoutKeycloak(Stage.Settings.forTest(folder).startingFast());
            RunFolder.leaveAtTheEnd(stage);
            return stage;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
