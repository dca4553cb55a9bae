package sekisho.inspection;

import java.io.IOException;

/** A look, or the part of it that reads one container, goes no further. */
final class CannotTell extends IOException {
    private final String detail;
    private final boolean ends;

    private CannotTell(String detail, boolean ends) {
        super(detail);
        this.detail = detail;
        this.ends = ends;
    }

    /** This container can't be read on; its siblings can. */
    static CannotTell here(String detail) {
        return new CannotTell(detail, false);
    }

    /** The whole look ends: a limit of all of it is reached, or there is nothing stronger to find. */
    static CannotTell atAll(String detail) {
        return new CannotTell(detail, true);
    }

    /** For {@link Findings#detail()}. */
    String detail() {
        return detail;
    }

    boolean ends() {
        return ends;
    }

    /** Thrown in numbers by hostile files, and read by nobody. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
