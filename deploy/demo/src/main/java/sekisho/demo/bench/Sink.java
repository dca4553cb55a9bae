package sekisho.demo.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import sekisho.embedded.LocalProcess;

/** The mail server that everything is relayed to: it takes all and keeps nothing. Comes with Debian's Postfix. */
final class Sink {
    private Sink() {}

    static LocalProcess start(Path folder, int port) {
        var sink = LocalProcess.start(new LocalProcess.Start(
                "smtp-sink", List.of("/usr/sbin/smtp-sink", "-u", "postfix", "127.0.0.1:" + port, "1000"), Map.of(), folder, folder.resolve("sink.log"), "TERM", null));
        sink.await(Duration.ofSeconds(30), () -> LocalProcess.listens(port));
        return sink;
    }
}
