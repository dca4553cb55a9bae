package sekisho.tools;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.PublicKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import sekisho.gateway.audit.AuditVerifier;
import sekisho.gateway.audit.CheckpointKey;
import sekisho.gateway.audit.CheckpointLog;

/**
 * Recomputes the audit log and says whether it is what was signed, and whether the rows of deliveries and persons say what it says. Reads
 * only; the product may run meanwhile. Status 1 when anything was changed, removed or inserted.
 */
public final class Audit implements Command {

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public String usage() {
        return "audit verify --url jdbc:postgresql://HOST/DB --user USER --password-file FILE --public-key FILE [--checkpoints FILE]...";
    }

    @Override
    public int run(List<String> arguments, PrintStream out) throws CommandException {
        var options = Options.parse(arguments, Set.of("url", "user", "password-file", "public-key", "checkpoints"));
        if (!options.words().equals(List.of("verify"))) {
            throw new CommandException("audit is called as: " + usage());
        }
        var login = DatabaseLogin.of(options.required("url"), options.required("user"), Path.of(options.required("password-file")));
        var key = publicKey(Path.of(options.required("public-key")));
        var kept = new ArrayList<String>();
        for (var file : options.all("checkpoints")) {
            var log = checkpoints(Path.of(file));
            kept.addAll(log.notes());
            if (log.torn()) {
                out.println(file + " holds a checkpoint that isn't whole, as a crash leaves one; it was passed over");
            }
        }
        var report = verify(login, key, kept);
        out.printf("%d events in the log, %d signed checkpoints in the database, %d kept elsewhere, %d events not yet in the log%n",
            report.leaves(), report.checkpoints(), kept.size(), report.pending());
        out.printf("%d deliveries and the persons named were held against it%n", report.deliveries());
        report.faults().forEach(fault -> out.println("WRONG: " + fault));
        if (report.more() > 0) {
            out.println("WRONG: and " + report.more() + " more");
        }
        out.println(report.holds() ? "the log is what was signed, and the rows say what it says: nothing changed, removed or inserted"
            : "the log is not what was signed, or rows don't say what it says");
        out.println("no event says for how long a link was to be open, how often its file may be had, or when deliveries expire and are shredded: those columns weren't checked");
        if (kept.isEmpty()) {
            out.println("no checkpoints kept elsewhere were given (--checkpoints): events cut off its end together with theirs are not missed");
        }
        return report.holds() ? GOOD : BAD;
    }

    private static AuditVerifier.Report verify(DatabaseLogin login, PublicKey key, List<String> kept) throws CommandException {
        try (var connection = login.connect()) {
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            return new AuditVerifier(connection, key).verify(kept);
        } catch (SQLException unreadable) {
            throw new CommandException("cannot read the audit log of " + login + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private static PublicKey publicKey(Path file) throws CommandException {
        try {
            return CheckpointKey.loadPublic(file);
        } catch (IOException unusable) {
            throw new CommandException("cannot use the public key " + file + ": " + unusable.getMessage(), unusable);
        }
    }

    static CheckpointLog.Kept checkpoints(Path file) throws CommandException {
        try {
            return CheckpointLog.read(file);
        } catch (IOException unreadable) {
            throw new CommandException("cannot read the checkpoints in " + file + ": " + unreadable, unreadable);
        }
    }
}
