package sekisho.mailhook.intake;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** How many messages this process is just receiving, whichever listener they come by. */
@ApplicationScoped
public class Receiving {

    private final AtomicInteger now = new AtomicInteger();

    public int now() {
        return now.get();
    }

    /** One more, until it is closed; closing it again does nothing. */
    Message begin() {
        now.incrementAndGet();
        var open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                now.decrementAndGet();
            }
        };
    }

    interface Message extends AutoCloseable {
        @Override
        void close();
    }
}
