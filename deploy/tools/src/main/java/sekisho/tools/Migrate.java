package sekisho.tools;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings a database to the schema of this version. Runs as the owner of the tables, which the product never is: it can't change its own
 * schema. Any number may run at once; one does the work, the others wait for it.
 */
public final class Migrate implements Command {

    /** Who the running product is, where nobody says otherwise. */
    public static final String APP_ROLE = "sekisho_app";

    @Override
    public String name() {
        return "migrate";
    }

    @Override
    public String usage() {
        return "migrate --url jdbc:postgresql://HOST/DB --user OWNER --password-file FILE [--app-role " + APP_ROLE
            + "] [--mail-role ROLE] [--operator-role ROLE]";
    }

    @Override
    public int run(List<String> arguments, PrintStream out) throws CommandException {
        var options = Options.parse(arguments, Set.of("url", "user", "password-file", "app-role", "mail-role", "operator-role"));
        if (!options.words().isEmpty()) {
            throw new CommandException("migrate takes options only, not '" + options.words().getFirst() + "'");
        }
        var login = DatabaseLogin.of(options.required("url"), options.required("user"), Path.of(options.required("password-file")));
        var app = options.one("app-role").orElse(APP_ROLE);
        var mail = options.one("mail-role");
        if (mail.isPresent() && (mail.get().equals(app) || mail.get().equals(login.user()))) {
            throw new CommandException("mail's role is one of its own, not " + mail.get() + ", which may do more");
        }
        int done = migrate(login, app);
        if (mail.isPresent()) {
            letTakeMail(login, mail.get());
        }
        var operator = options.one("operator-role");
        if (operator.isPresent()) {
            letOperate(login, operator.get());
        }
        out.println(done == 0 ? "the database has the schema of this version already" : "migrated the database by " + done + " steps");
        return GOOD;
    }

    /** Grants {@code role}, which exists already, what {@code ./sekisho queue} needs and no more: no subject, no key, no file. */
    static void letOperate(DatabaseLogin owner, String role) throws CommandException {
        grant(owner, "operator-role.sql", "operator", role);
    }

    /**
     * Grants {@code role}, which exists already, what the runnable {@code mail} needs, and takes away what else it had: no account, no ticket, nothing
     * that opens what is shut. To be done again after each migration.
     *
     * @throws CommandException also when the role is a superuser or a member of another role; it has what it had then
     */
    public static void letTakeMail(DatabaseLogin owner, String role) throws CommandException {
        grant(owner, "mail-role.sql", "mail", role);
    }

    private static void grant(DatabaseLogin owner, String script, String placeholder, String role) throws CommandException {
        requireName(role);
        try (var grants = Migrate.class.getResourceAsStream(script); var connection = owner.connect(); var statement = connection.createStatement()) {
            statement.execute(new String(Objects.requireNonNull(grants).readAllBytes(), StandardCharsets.UTF_8).replace("${" + placeholder + "}", role));
        } catch (IOException | SQLException failed) {
            throw new CommandException("cannot grant " + role + " what it needs for " + placeholder + ": " + failed.getMessage(), failed);
        }
    }

    private static void requireName(String role) throws CommandException {
        if (!role.matches("[a-z_][a-z0-9_]{0,62}")) {
            throw new CommandException("a role's name is lower-case letters, digits and underscores, not '" + role + "'");
        }
    }

    /**
     * Runs what is missing, each step in a transaction.
     *
     * @param owner   may create tables
     * @param appRole exists already; is granted what the product needs, and no more
     * @return how many steps were run
     * @throws CommandException when a step fails; those before it stay, it leaves nothing behind
     */
    public static int migrate(DatabaseLogin owner, String appRole) throws CommandException {
        requireName(appRole);
        var steps = Logger.getLogger("org.flywaydb");
        steps.setLevel(Level.WARNING);
        try {
            return Flyway.configure(Migrate.class.getClassLoader())
                .dataSource(owner.url(), owner.user(), owner.password())
                .locations("classpath:db/migration")
                .placeholders(Map.of("app", appRole))
                .validateMigrationNaming(true)
                .cleanDisabled(true)
                .failOnMissingLocations(true)
                .load()
                .migrate().migrationsExecuted;
        } catch (FlywayException failed) {
            throw new CommandException("cannot migrate " + owner + ": " + failed.getMessage(), failed);
        }
    }
}
