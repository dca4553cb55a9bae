package sekisho.tools;

import java.io.PrintStream;
import java.util.List;

/** One program of {@code ./sekisho}. */
interface Command {

    /** All is as it should be. */
    int GOOD = 0;
    /** The program ran, and what it looked at is wrong. */
    int BAD = 1;
    /** The program could not do its work; nothing is said about what it was to look at. */
    int FAILED = 2;

    /** As typed after {@code ./sekisho}. */
    String name();

    /** One line for each way to call it. */
    String usage();

    /**
     * Runs it.
     *
     * @param out what the caller asked for goes here; why it could not be had goes out as {@link CommandException}
     * @return the exit status
     * @throws CommandException with one line for the person who typed it
     */
    int run(List<String> arguments, PrintStream out) throws CommandException;
}
