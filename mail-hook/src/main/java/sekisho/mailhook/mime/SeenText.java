package sekisho.mailhook.mime;

import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.HeaderBlock;

/** The beginning of what the texts of a message say, and whether one of them is signed or encrypted inline. */
final class SeenText {

    private static final int SAMPLE = 8192;

    private final StringBuilder text = new StringBuilder();
    private @Nullable String charset;
    private boolean signed;
    private boolean encrypted;

    /** A text stays. */
    void add(String sample, @Nullable String itsCharset, Armour armour) {
        if (text.length() < SAMPLE) {
            text.append(sample);
        }
        if (charset == null) {
            charset = itsCharset;
        }
        signed |= armour.isSigned();
        encrypted |= armour.isEncrypted();
    }

    /** @param root all parts of the message */
    MessageFacts facts(HeaderBlock top, Part root) {
        boolean isSigned = signed || root.walk().anyMatch(part -> part.kind() == PartKind.SIGNED);
        boolean isEncrypted = encrypted || root.walk().anyMatch(part -> part.kind() == PartKind.ENCRYPTED);
        return TopHeader.facts(top, text.toString(), charset, isSigned, isEncrypted);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
