package sekisho.tools;

/** A command can't do its work. The message is one line that says what to do. */
public final class CommandException extends Exception {

    public CommandException(String message) {
        super(message);
    }

    public CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
