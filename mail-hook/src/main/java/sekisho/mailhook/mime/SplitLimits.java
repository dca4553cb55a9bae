package sekisho.mailhook.mime;

/**
 * What a message may cost. Past a limit it is refused with 5.6.0, but for the octet limits of parts that may stay: past
 * those the part is taken out as an attachment.
 *
 * @param headerOctets       all header blocks of the message together
 * @param headerLineOctets   one line of a header, folded lines counted one by one
 * @param headerFields       fields in one header block
 * @param nesting            multiparts inside each other
 * @param parts              parts in all, multiparts included
 * @param inlineImageOctets  decoded size of one image that may stay because the HTML body shows it
 * @param inlineImagesOctets decoded size of all of them together, so that nobody sends a scan in slices
 * @param keptPartOctets     size in the message of an invitation or a returned message that may stay
 */
public record SplitLimits(int headerOctets, int headerLineOctets, int headerFields, int nesting, int parts,
                          int inlineImageOctets, int inlineImagesOctets, int keptPartOctets) {

    public SplitLimits {
        if (headerOctets < 1024 || headerLineOctets < 998 || headerFields < 10 || nesting < 1 || parts < 1
                || inlineImageOctets < 0 || inlineImagesOctets < 0 || keptPartOctets < 0) {
            throw new IllegalArgumentException("a limit is too small for ordinary mail");
        }
    }

    public static SplitLimits defaults() {
        return new SplitLimits(1 << 20, 256 << 10, 5_000, 20, 1_000, 1 << 20, 10 << 20, 1 << 20);
    }
}
