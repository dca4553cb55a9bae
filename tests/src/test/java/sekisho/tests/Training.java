package sekisho.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import sekisho.demo.Stage;
import sekisho.embedded.StartCache;

/** Makes the {@link StartCache} of a runnable, one after the other and on an installation of its own. */
final class Training {

    private Training() {
    }

    /** Waits for it: what is started without it takes twice the processor's time. @param stage whose servers it uses */
    static void of(Stage stage, String runnable) throws IOException {
        var folder = RunFolder.make();
        Files.writeString(folder.resolve("policy.yaml"), Policies.AT_ONCE);
        var own = stage.beside(Stage.Settings.forTest(folder).startingFast(), "training_" + runnable);
        RunFolder.leaveAtTheEnd(own);
        own.train(runnable, _ -> { });
    }

    /** Beside the tests, for what few of them start. */
    static void beside(Stage stage, String runnable) {
        Thread.ofPlatform().daemon().name("training " + runnable).start(() -> {
            try {
                of(stage, runnable);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }
}
