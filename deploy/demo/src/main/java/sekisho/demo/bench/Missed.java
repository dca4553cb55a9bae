package sekisho.demo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a benchmark found not as it should be. It is in capitals where it stands, and the benchmark fails in the end. */
final class Missed {
    private final List<String> all = new ArrayList<>();

    /** Adds {@code otherwise} to {@code wrong} unless it is as it should be. */
    static void judge(List<String> wrong, boolean asItShouldBe, String otherwise) {
        if (!asItShouldBe) {
            wrong.add(otherwise);
        }
    }

    /** Remembers what is wrong; returns that, or {@code well} when nothing is. */
    String verdict(String what, List<String> wrong, String well) {
        wrong.forEach(each -> all.add(what + ": " + each));
        return wrong.isEmpty() ? well : String.join(", ", wrong);
    }

    /** @throws IOException naming all that was wrong, if anything was */
    void requireNothing() throws IOException {
        if (!all.isEmpty()) {
            throw new IOException("not as it should be: " + String.join("; ", all));
        }
    }
}
