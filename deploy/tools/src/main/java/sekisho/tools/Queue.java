package sekisho.tools;

import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import sekisho.gateway.outbox.Queue.Destination;
import sekisho.gateway.outbox.Queue.Row;
import sekisho.gateway.people.EmailAddress;

/**
 * What waits to be sent, while the product runs: looks, hurries, stops, removes. Addresses are masked unless they are asked for. Status 1
 * when the row that was named isn't in the state that the command needs.
 */
public final class Queue implements Command {

    private static final String LOGIN = " --url jdbc:postgresql://HOST/DB --user OPERATOR --password-file FILE";
    private static final int ROWS = 100;
    private static final int MOST_ROWS = 1_000_000;
    private static final Pattern ADDRESS = Pattern.compile("[^\\s<>(),;:\"]+@([^\\s<>(),;:\"]+)");

    @Override
    public String name() {
        return "queue";
    }

    @Override
    public String usage() {
        return "queue list [--destination D] [--rows N] [--addresses]" + LOGIN
            + "\nqueue show ID [--addresses]" + LOGIN
            + "\nqueue flush [ID | --destination D] [--by NAME]" + LOGIN
            + "\nqueue hold ID | resume ID [--by NAME]" + LOGIN
            + "\nqueue delete ID --yes [--silent] [--by NAME]" + LOGIN;
    }

    @Override
    public int run(List<String> arguments, PrintStream out) throws CommandException {
        var options = Options.parse(arguments, Set.of("url", "user", "password-file", "destination", "rows", "by"), Set.of("addresses", "yes", "silent"));
        var words = options.words();
        var command = words.isEmpty() ? "" : words.getFirst();
        boolean fits = switch (command) {
            case "list" -> words.size() == 1;
            case "flush" -> words.size() == 1 || words.size() == 2 && options.one("destination").isEmpty();
            case "show", "hold", "resume", "delete" -> words.size() == 2;
            default -> false;
        };
        if (!fits) {
            throw new CommandException("queue is called as:\n  ./sekisho " + usage().replace("\n", "\n  ./sekisho "));
        }
        if (command.equals("delete") && !options.has("yes")) {
            throw new CommandException("what is deleted is never sent; say --yes if that is meant");
        }
        var by = Operator.name(options);
        var login = DatabaseLogin.of(options.required("url"), options.required("user"), Path.of(options.required("password-file")));
        try (var connection = login.connect()) {
            return run(command, options, new sekisho.gateway.outbox.Queue(connection, Clock.systemUTC(), by), out);
        } catch (SQLException failed) {
            throw new CommandException("cannot work on the queue of " + login + ": " + failed.getMessage(), failed);
        }
    }

    private static int run(String command, Options options, sekisho.gateway.outbox.Queue queue, PrintStream out) throws SQLException, CommandException {
        if (command.equals("list")) {
            list(options, queue, out);
            return GOOD;
        }
        if (command.equals("flush") && options.words().size() == 1) {
            var destination = options.one("destination");
            out.printf("%d rows are due now%n", queue.flush(destination));
            return GOOD;
        }
        var id = id(options.words().getLast());
        if (command.equals("show")) {
            var row = queue.row(id);
            row.ifPresentOrElse(each -> show(each, options.has("addresses"), out), () -> out.println("nothing waits under this id"));
            return row.isPresent() ? GOOD : BAD;
        }
        boolean done = switch (command) {
            case "flush" -> queue.flush(id);
            case "hold" -> queue.hold(id);
            case "resume" -> queue.resume(id);
            default -> queue.delete(id, !options.has("silent"));
        };
        out.println(done ? "done" : "not done: " + queue.row(id).map(row -> switch (row.state()) {
            case "CLAIMED" -> "it is being sent just now; try again";
            case "PAUSED" -> "it is held";
            default -> "it isn't held";
        }).orElse("nothing waits under this id"));
        return done ? GOOD : BAD;
    }

    private static UUID id(String text) throws CommandException {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException noId) {
            throw new CommandException("'" + text + "' is no id; ./sekisho queue list shows them", noId);
        }
    }

    private static int rows(Optional<String> wanted) throws CommandException {
        if (wanted.isEmpty()) {
            return ROWS;
        }
        int rows = wanted.get().matches("[0-9]{1,7}") ? Integer.parseInt(wanted.get()) : -1;
        if (rows < 0 || rows > MOST_ROWS) {
            throw new CommandException("--rows is a number from 0 to " + MOST_ROWS + ", of rows of each destination");
        }
        return rows;
    }

    private static void list(Options options, sekisho.gateway.outbox.Queue queue, PrintStream out) throws SQLException, CommandException {
        int most = rows(options.one("rows"));
        var wanted = options.one("destination");
        var destinations = queue.destinations().stream()
            .filter(each -> wanted.isEmpty() || each.name().equals(wanted.get()) || each.name().startsWith(wanted.get() + "/")).toList();
        var now = Instant.now();
        for (var destination : destinations) {
            out.println(heading(destination, now, options.has("addresses")));
            for (var row : queue.rows(destination.name(), most)) {
                out.printf("  %s  %s  %s  %s  age %s  attempts %d%s%n", row.id(), state(row, now), row.kind().toLowerCase(java.util.Locale.ROOT),
                    shown(row.address(), options.has("addresses")), text(Duration.between(row.createdAt(), now)), row.attempts(),
                    row.lastReply().map(reply -> "  " + masked(reply, options.has("addresses"))).orElse(""));
            }
            if (destination.rows() > most) {
                out.printf("  and %d more%n", destination.rows() - most);
            }
        }
        out.printf("%d rows wait%n", destinations.stream().mapToLong(Destination::rows).sum());
    }

    private static String heading(Destination destination, Instant now, boolean addresses) {
        return (destination.name().isEmpty() ? "(no node has looked yet)" : destination.name()) + ": " + destination.rows() + " rows, "
            + destination.paused() + " held, oldest " + text(Duration.between(destination.oldest(), now))
            + destination.suspendedUntil().map(until -> ", suspended for " + text(Duration.between(now, until))).orElse("")
            + destination.reply().map(reply -> ": " + masked(reply, addresses)).orElse("");
    }

    private static String state(Row row, Instant now) {
        return switch (row.state()) {
            case "PAUSED" -> "held";
            case "CLAIMED" -> "being sent";
            default -> row.dueAt().isAfter(now) ? "in " + text(Duration.between(now, row.dueAt())) : "due";
        };
    }

    private static void show(Row row, boolean addresses, PrintStream out) {
        out.printf("id           %s%n", row.id());
        out.printf("delivery     %s%n", row.delivery());
        out.printf("what         %s%n", switch (row.kind()) {
            case "LINKED" -> "a copy with a link";
            case "ORIGINAL" -> "a copy as it came";
            case "NOTICE" -> "the notice of a hold, to the sender";
            default -> "a report, to the sender";
        });
        out.printf("to           %s%n", shown(row.address(), addresses));
        out.printf("destination  %s%n", row.destination());
        out.printf("state        %s%n", state(row, Instant.now()));
        out.printf("queued       %s%n", row.createdAt());
        out.printf("due          %s%n", row.dueAt());
        out.printf("attempts     %d%s%n", row.attempts(), row.unconfirmed() ? ", one of them sent whole and never answered" : "");
        row.warnedAt().ifPresent(at -> out.printf("warned       %s%n", at));
        row.lastReply().ifPresent(reply -> out.printf("last reply   %s%n", masked(reply, addresses)));
    }

    private static String shown(String address, boolean addresses) {
        return addresses ? address : EmailAddress.parse(address).map(EmailAddress::masked).orElse("(unreadable)");
    }

    /** Servers like to say whom they don't know. */
    private static String masked(String reply, boolean addresses) {
        return addresses ? reply : ADDRESS.matcher(reply).replaceAll("•••@$1");
    }

    private static String text(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        return seconds < 60 ? seconds + "s" : seconds < 3600 ? seconds / 60 + "m" : seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }
}
