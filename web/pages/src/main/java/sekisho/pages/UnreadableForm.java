package sekisho.pages;

import java.util.Arrays;
import org.jboss.resteasy.reactive.server.core.multipart.FormData;

/**
 * Whether a problem is a form that can't be decoded: a percent sign without its digits, a charset that there isn't, parts that end nowhere, too many
 * fields. The framework has no type for that and throws what its decoder stumbles over, so the place tells.
 */
final class UnreadableForm {

    private static final String DECODER = FormData.class.getPackageName() + ".";
    private static final String FILES = "sun.nio.";

    private UnreadableForm() {
    }

    static boolean is(Throwable problem) {
        return problem instanceof Exception && within(problem) && !inFiles(problem.getCause() == null ? problem : problem.getCause());
    }

    private static boolean within(Throwable problem) {
        return Arrays.stream(problem.getStackTrace()).anyMatch(frame -> frame.getClassName().startsWith(DECODER));
    }

    /** The decoder writes parts that have a file name to a folder; that this is full or gone is our fault. */
    private static boolean inFiles(Throwable innermost) {
        var trace = innermost.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith(FILES);
    }
}
