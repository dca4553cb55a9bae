import java.io.IOException;
import org.tukaani.xz.XZInputStream;

/** Unpacks xz from standard input to standard output: the PostgreSQL binaries come packed so, and a small Debian has no xz. */
final class Unxz {
    private Unxz() {}

    public static void main(String[] arguments) throws IOException {
        try (var in = new XZInputStream(System.in)) {
            in.transferTo(System.out);
        }
        System.out.flush();
        if (System.out.checkError()) {
            throw new IOException("cannot write what was unpacked");
        }
    }
}
