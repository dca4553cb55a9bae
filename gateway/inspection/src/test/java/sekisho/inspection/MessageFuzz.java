package sekisho.inspection;

/** A target for Jazzer: any octets as the content of {@link MessageReader}. */
public final class MessageFuzz {
    private MessageFuzz() {}

    public static void fuzzerTestOneInput(byte[] file) {
        Fuzz.read(file, (look, source) -> new MessageReader(look, source, 1).read());
    }
}
