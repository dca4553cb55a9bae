package sekisho.gateway;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a class logs while this is open. */
public final class LogLines extends Handler implements AutoCloseable {

    private final Logger logger;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    public LogLines(Class<?> of) {
        logger = Logger.getLogger(of.getName());
        logger.addHandler(this);
    }

    /** Those that begin so. */
    public List<String> beginningWith(String words) {
        return lines.stream().filter(line -> line.startsWith(words)).toList();
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(line.getParameters() == null ? line.getMessage() : line.getMessage().formatted(line.getParameters()));
    }

    @Override
    public void flush() {
        // nothing waits
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
