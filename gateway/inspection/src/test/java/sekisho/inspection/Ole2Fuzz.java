package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link Ole2Reader}. */
public final class Ole2Fuzz {
    private Ole2Fuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new Ole2Reader(look, source, 1).read());
    }
}
