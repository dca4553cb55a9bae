package sekisho.gateway.policy;

import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The policy in force. A file that can't be read or obeyed stops start-up; later it leaves the old policy in force and is logged. */
@Startup
@ApplicationScoped
public class PolicyStore {

    private final Path file;
    private volatile Policy current;
    private PolicySource inForce = PolicySource.of("");
    /** The one in force, or one after it that is faulty and was said to be. */
    private PolicySource lastSeen = inForce;
    /** What the last look found, where that was something new. */
    private @Nullable Look changed;

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
        take(lastSeen, PolicyFile.read(file.toString(), lastSeen));
    }

    /** The policy to decide by. Take it once per message, so that all its recipients are judged alike. */
    public Policy current() {
        return current;
    }

    /**
     * Takes a change over when two looks in a row find the same: what is just being written in place reads as its own beginning, which of a list is
     * a valid one.
     */
    @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void reload() {
        var before = changed;
        changed = null;
        try {
            if (before != null && !before.source().hasChanged()) {
                lastSeen = before.source();
                take(lastSeen, before.policy().get());
            } else if (lastSeen.hasChanged()) {
                changed = look();
            }
        } catch (IOException | PolicyFileException faulty) {
            Log.errorf("the policy file was not taken over, %s stays in force: %s", current.version(), faulty.getMessage());
        }
    }

    /** What stands there now, good or faulty. Its lists are read by reading it. */
    private Look look() throws IOException {
        var source = PolicySource.read(file);
        try {
            var policy = PolicyFile.read(file.toString(), source);
            return new Look(source, () -> policy);
        } catch (PolicyFileException faulty) {
            return new Look(source, () -> {
                throw faulty;
            });
        }
    }

    /** @param policy what it reads as, or throws the {@link PolicyFileException} that says why it is none */
    private record Look(PolicySource source, Supplier<Policy> policy) {
    }

    private void take(PolicySource source, Policy policy) {
        inForce.emptied(source).forEach(list -> Log.warnf("the list %s beside the policy file had entries and has none now", list));
        inForce = source;
        current = policy;
        Log.infof("policy %s in force, %d rules", current.version(), current.rules().size());
    }
}
