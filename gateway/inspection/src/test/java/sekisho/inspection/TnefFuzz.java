package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link TnefReader}. */
public final class TnefFuzz {
    private TnefFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new TnefReader(look, source, 1).read());
    }
}
