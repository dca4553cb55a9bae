package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link PemReader}. */
public final class PemFuzz {
    private PemFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new PemReader(look, source, 1).read());
    }
}
