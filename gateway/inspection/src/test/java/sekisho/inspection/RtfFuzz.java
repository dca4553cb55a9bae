package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link RtfReader}. */
public final class RtfFuzz {
    private RtfFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new RtfReader(look, source, 1).read());
    }
}
