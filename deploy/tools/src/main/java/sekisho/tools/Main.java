package sekisho.tools;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** Runs the command that its first argument names. Exit status: 0 good, 1 something is wrong with what was looked at, 2 could not look. */
public final class Main {

    static {
        // the libraries' logger wants to be named before anything logs, the classes of the commands included
        System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
    }

    private static final List<Command> COMMANDS = List.of(new Migrate(), new Keys(), new Audit(), new Store(), new Queue(), new CheckMessages(), new PolicyCommand());

    private Main() {
    }

    public static void main(String[] arguments) {
        System.exit(run(Arrays.asList(arguments), System.out, System.err));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        var name = arguments.isEmpty() ? "" : arguments.getFirst();
        var command = COMMANDS.stream().filter(each -> each.name().equals(name)).findFirst();
        if (command.isEmpty()) {
            err.println("sekisho: there is no command '" + name + "'; these are:");
            COMMANDS.forEach(each -> err.println("  ./sekisho " + each.usage().replace("\n", "\n  ./sekisho ")));
            return Command.FAILED;
        }
        try {
            return command.get().run(arguments.subList(1, arguments.size()), out);
        } catch (CommandException failed) {
            err.println("sekisho " + name + ": " + failed.getMessage());
            return Command.FAILED;
        }
    }
}
