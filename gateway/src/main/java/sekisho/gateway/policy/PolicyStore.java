package sekisho.gateway.policy;

import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The policy in force. A file that can't be read or obeyed stops start-up; later it leaves the old policy in force and is logged. */
@Startup
@ApplicationScoped
public class PolicyStore {

    private final Path file;
    private volatile Policy current;
    private String lastText = "";

    PolicyStore(PolicyConfig config) {
        this.file = config.file();
        this.current = PolicyFile.read("none", "inside: []");
    }

    @PostConstruct
    void load() {
        try {
            lastText = Files.readString(file);
        } catch (IOException unreadable) {
            throw new IllegalStateException("cannot read the policy file " + file + " (gateway.policy.file): " + unreadable, unreadable);
        }
        current = PolicyFile.read(file.toString(), lastText);
        Log.infof("policy %s in force, %d rules", current.version(), current.rules().size());
    }

    /** The policy to decide by. Take it once per message, so that all its recipients are judged alike. */
    public Policy current() {
        return current;
    }

    @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void reload() {
        try {
            var text = Files.readString(file);
            if (text.equals(lastText)) {
                return;
            }
            lastText = text;
            current = PolicyFile.read(file.toString(), text);
            Log.infof("policy %s in force, %d rules", current.version(), current.rules().size());
        } catch (IOException | PolicyFileException faulty) {
            Log.errorf("the policy file was not taken over, %s stays in force: %s", current.version(), faulty.getMessage());
        }
    }
}
