package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link CmsReader}. */
public final class CmsFuzz {
    private CmsFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new CmsReader(look, source, 1).read());
        Fuzz.read(file, (look, source) -> new CmsReader(look, source, 1).readStore());
    }
}
