package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link TarReader}. */
public final class TarFuzz {
    private TarFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new TarReader(look, source, 1).read());
    }
}
