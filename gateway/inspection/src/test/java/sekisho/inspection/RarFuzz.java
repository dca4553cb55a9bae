package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link RarReader}. */
public final class RarFuzz {
    private RarFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new RarReader(look, source, 1).read());
    }
}
