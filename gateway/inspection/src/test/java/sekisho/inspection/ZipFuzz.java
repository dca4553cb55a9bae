package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link ZipReader}. */
public final class ZipFuzz {
    private ZipFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new ZipReader(look, source, 1).read());
    }
}
