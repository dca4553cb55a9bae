package sekisho.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import sekisho.demo.Stage;
import sekisho.embedded.StartCache;

/**
 * Makes the {@link StartCache} of a runnable beside the tests, one after the other and on an installation of its own. What is started before it is there
 * takes twice as long, and that is less than it took to wait for it.
 */
final class Training {

    private Training() {
    }

    /** @param stage whose servers it uses */
    static void of(Stage stage, String runnable) {
        Thread.ofPlatform().daemon().name("training " + runnable).start(() -> {
            try {
                var folder = RunFolder.make();
                Files.writeString(folder.resolve("policy.yaml"), Policies.AT_ONCE);
                var own = stage.beside(Stage.Settings.forTest(folder).startingFast(), "training_" + runnable);
                RunFolder.leaveAtTheEnd(own);
                own.train(runnable, _ -> { });
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }
}
