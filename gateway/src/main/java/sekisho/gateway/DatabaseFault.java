package sekisho.gateway;

import io.quarkus.narayana.jta.QuarkusTransaction;
import java.sql.SQLException;
import java.util.Set;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** Tells a database that is away, or takes nothing, from one that can't do one thing: for the first all wait, for the other that thing alone. */
public final class DatabaseFault {

    /**
     * Classes of SQLSTATE (PostgreSQL, appendix A) and single ones that are nobody's fault: it only reads, it is full, its disk, it shuts down. A deadlock
     * (class 40) isn't one of them: whoever holds the rows of one delivery could make one each time. Nor is a connection that broke (08), or its own memory
     * (53200): a statement that takes longer than {@code socketTimeout}, or more than it has, ends so each time.
     */
    private static final Set<String> OF_ALL = Set.of("25006", "53", "57P", "58");
    private static final String OUT_OF_MEMORY = "53200";

    private DatabaseFault() {
    }

    /**
     * Throws when it isn't the fault of what was tried, which goes as soon as the database is well.
     *
     * @param failed what came of trying
     * @throws RuntimeException {@code failed}, or what comes of asking the database anything
     */
    public static void requireNone(RuntimeException failed, Session entities) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refused && isOfAll(refused.getSQLState())) {
                throw failed;
            }
        }
        QuarkusTransaction.requiringNew().run(() -> entities.createNativeQuery("select 1").getSingleResult());
    }

    private static boolean isOfAll(@Nullable String state) {
        return state != null && !state.equals(OUT_OF_MEMORY) && OF_ALL.stream().anyMatch(state::startsWith);
    }
}
