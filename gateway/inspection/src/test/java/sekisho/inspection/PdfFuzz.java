package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link PdfReader}. */
public final class PdfFuzz {
    private PdfFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new PdfReader(look, source, 1).read());
    }
}
