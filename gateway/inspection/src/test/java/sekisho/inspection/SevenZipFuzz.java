package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link SevenZipReader}. */
public final class SevenZipFuzz {
    private SevenZipFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new SevenZipReader(look, source, 1).read());
    }
}
