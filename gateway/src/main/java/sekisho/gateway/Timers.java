package sekisho.gateway;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduler;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

/**
 * Lets no timer run before all that happens at a start has happened: keys are read, and the journal is replayed; else copies that were cancelled since the backup of a
 * restored database would be released meanwhile. The framework begins with its scheduler, which looks at timers from the next second on.
 */
@ApplicationScoped
class Timers {

    private static final int BEFORE_THE_SCHEDULER = Interceptor.Priority.PLATFORM_BEFORE - 1;
    /** Behind all that observes the start here, whoever listens among it. */
    private static final int LAST = Interceptor.Priority.PLATFORM_AFTER;

    private final Scheduler scheduler;

    Timers(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    void hold(@Observes @Priority(BEFORE_THE_SCHEDULER) StartupEvent start) {
        if (scheduler.isStarted()) {   // unless tests do what timers do
            scheduler.pause();
        }
    }

    void run(@Observes @Priority(LAST) StartupEvent start) {
        if (scheduler.isStarted()) {
            scheduler.resume();
        }
    }
}
