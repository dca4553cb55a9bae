package sekisho.pages;

import io.quarkus.oidc.OIDCException;
import jakarta.transaction.RollbackException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sekisho.storage.StoreException;

/** Whether trying again later may help: then the answer is 503, not 500. */
final class Temporary {

    /** Connection, resources, operator, conflict with another transaction (PostgreSQL, appendix A). */
    private static final Set<String> CLASSES = Set.of("08", "53", "57", "40");
    private static final int DEEPEST = 20;

    private Temporary() {
    }

    static boolean is(Throwable problem) {
        return find(problem) != null;
    }

    /** What is known of it without a value from the request. */
    static String reason(Throwable problem) {
        var found = find(problem);
        return found == null ? "" : found.getClass().getSimpleName() + state(found);
    }

    /** Behind a blank, the state of a database's error (PostgreSQL, appendix A); nothing for what is none. */
    static String state(Throwable problem) {
        return problem instanceof SQLException sql ? " " + sql.getSQLState() : "";
    }

    private static @Nullable Throwable find(Throwable problem) {
        Throwable each = problem;
        for (int depth = 0; each != null && depth < DEEPEST; depth++, each = cause(each)) {
            if (isTemporary(each)) {
                return each;
            }
        }
        return null;
    }

    /** The transaction manager hangs what broke a COMMIT beside its own exception and not below it. */
    private static @Nullable Throwable cause(Throwable problem) {
        return problem instanceof RollbackException && problem.getCause() == null && problem.getSuppressed().length > 0
            ? problem.getSuppressed()[0] : problem.getCause();
    }

    private static boolean isTemporary(Throwable problem) {
        return switch (problem) {
            case StoreException _, ConnectException _, SQLTransientException _, OIDCException _ -> true;
            // Agroal's pool reports a timeout without a state
            case SQLException sql -> sql.getSQLState() == null || sql.getSQLState().length() < 2 || CLASSES.contains(sql.getSQLState().substring(0, 2));
            default -> false;
        };
    }
}
