package sekisho.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import sekisho.embedded.FileTree;

/** Where a benchmark keeps what it makes, gigabytes at times; gone when it ends. To be closed last, after what writes into it. */
final class BenchFolder implements AutoCloseable {
    private final Path path;

    private BenchFolder(Path path) {
        this.path = path;
    }

    static BenchFolder make() throws IOException {
        return new BenchFolder(Files.createTempDirectory("sekisho-bench"));
    }

    /** One into which nobody but this process writes: it goes also when that is told to end. */
    static BenchFolder makeForUs() throws IOException {
        var folder = make();
        Runtime.getRuntime().addShutdownHook(new Thread(folder::close, "remove-folder"));
        return folder;
    }

    /** Of an installation whose policy holds nothing, so that all is relayed at once. */
    static BenchFolder releasingAtOnce() throws IOException {
        var folder = make();
        Files.writeString(folder.path.resolve("policy.yaml"), """
                inside: [example.co.jp]
                rules:
                  - name: at once
                    when: { sender: inside }
                    then: { hold: none }
                """);
        return folder;
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        FileTree.delete(path);
    }
}
