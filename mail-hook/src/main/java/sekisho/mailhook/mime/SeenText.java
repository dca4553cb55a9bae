package sekisho.mailhook.mime;

import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.HeaderBlock;

/** The beginning of what the texts of a message say, and whether one of them is signed or encrypted inline. */
final class SeenText {

    /** Of all texts together, in characters: as many as anybody reads of them. */
    private static final int SAMPLE = 16_000;

    private final StringBuilder text = new StringBuilder();
    private @Nullable String charset;
    private boolean signed;
    private boolean encrypted;

    /** A text stays. */
    void add(String sample, @Nullable String itsCharset, Armour armour) {
        text.append(sample, 0, Math.min(sample.length(), SAMPLE - text.length()));
        if (charset == null) {
            charset = itsCharset;
        }
        signed |= armour.isSigned();
        encrypted |= armour.isEncrypted();
    }

    /** What stays unseen in the tree of parts is signed or encrypted. */
    void sealed(PartKind kind) {
        signed |= kind == PartKind.SIGNED;
        encrypted |= kind == PartKind.ENCRYPTED;
    }

    /** The message inside a signed one stays, with this text. */
    void addInside(String sample, MessageFacts inside) {
        text.append(sample, 0, Math.min(sample.length(), SAMPLE - text.length()));
        signed |= inside.signed();
        encrypted |= inside.encrypted();
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
