package sekisho.demo.bench;

import java.io.IOException;
import sekisho.embedded.ServerException;

/** The program behind {@code ./sekisho bench}. */
public final class Bench {
    private Bench() {}

    /** @param arguments the name of the benchmark, then its own */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length < 1 || arguments.length > 2 || !arguments[0].equals("intake")
                || arguments.length == 2 && !arguments[1].matches("[1-9][0-9]?")) {
            System.err.println("usage: ./sekisho bench intake [ROUNDS]    how fast mail is taken in, beside Postfix");
            System.exit(2);
        }
        try {
            IntakeBench.run(arguments.length == 2 ? Integer.parseInt(arguments[1]) : 3);
        } catch (ServerException | IOException e) {
            System.err.println("sekisho bench: " + e.getMessage());
            System.exit(1);
        }
    }
}
