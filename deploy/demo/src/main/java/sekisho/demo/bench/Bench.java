package sekisho.demo.bench;

import java.io.IOException;
import java.util.Set;
import sekisho.embedded.ServerException;

/** The program behind {@code ./sekisho bench}. */
public final class Bench {
    private Bench() {}

    /** @param arguments the name of the benchmark, then its own */
    public static void main(String[] arguments) throws InterruptedException {
        String name = arguments.length == 0 ? "" : arguments[0];
        if (arguments.length > 2 || !Set.of("intake", "splitter").contains(name) || arguments.length == 2 && !arguments[1].matches("[1-9][0-9]?")) {
            System.err.println("usage: ./sekisho bench intake [ROUNDS]      how fast mail is taken in, beside Postfix\n"
                    + "       ./sekisho bench splitter [ROUNDS]    how fast a message is split and decoded on one core");
            System.exit(2);
        }
        int rounds = arguments.length == 2 ? Integer.parseInt(arguments[1]) : 0;
        try {
            switch (name) {
                case "intake" -> IntakeBench.run(rounds == 0 ? 3 : rounds);
                case "splitter" -> SplitterBench.run(rounds == 0 ? 15 : rounds);
                default -> throw new IllegalStateException("a benchmark without a program: " + name);
            }
        } catch (ServerException | IOException e) {
            System.err.println("sekisho bench: " + e.getMessage());
            System.exit(1);
        }
    }
}
