package sekisho.pages;

import org.jspecify.annotations.Nullable;

/** Stands in the log for what went wrong: classes and places without the messages, which quote what somebody typed, or a row. */
final class Wordless extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int DEEPEST = 20;

    private Wordless(Throwable problem, @Nullable Throwable cause) {
        super(problem.getClass().getName() + Temporary.state(problem), cause, false, true);
        setStackTrace(problem.getStackTrace());
    }

    static Wordless of(Throwable problem) {
        return of(problem, DEEPEST);
    }

    private static Wordless of(Throwable problem, int deepest) {
        var cause = problem.getCause();
        return new Wordless(problem, cause == null || deepest == 0 ? null : of(cause, deepest - 1));
    }

    @Override
    public String toString() {
        return String.valueOf(getMessage());
    }
}
