package sekisho.gateway.policy;

import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;

/** The policy in force. A file that can't be read or obeyed stops start-up; later it leaves the old policy in force and is logged. */
@Startup
@ApplicationScoped
public class PolicyStore {

    private final Path file;
    private volatile Policy current;
    private PolicySource lastSeen = PolicySource.of("");

    PolicyStore(PolicyConfig config) {
        this.file = config.file();
        this.current = PolicyFile.read("none", "inside: []");
    }

    @PostConstruct
    void load() {
        try {
            lastSeen = PolicySource.read(file);
        } catch (IOException unreadable) {
            throw new IllegalStateException("cannot read the policy file " + file + " (gateway.policy.file): " + unreadable, unreadable);
        }
        take();
    }

    /** The policy to decide by. Take it once per message, so that all its recipients are judged alike. */
    public Policy current() {
        return current;
    }

    @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void reload() {
        try {
            if (lastSeen.hasChanged()) {
                lastSeen = PolicySource.read(file);
                take();
            }
        } catch (IOException | PolicyFileException faulty) {
            Log.errorf("the policy file was not taken over, %s stays in force: %s", current.version(), faulty.getMessage());
        }
    }

    private void take() {
        current = PolicyFile.read(file.toString(), lastSeen);
        Log.infof("policy %s in force, %d rules", current.version(), current.rules().size());
    }
}
