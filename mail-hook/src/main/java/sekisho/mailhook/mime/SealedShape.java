package sekisho.mailhook.mime;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Whether a multipart that calls itself signed or encrypted has the shape of one. The name alone proves nothing:
 * otherwise any attachment would pass in a multipart/signed without a signature.
 */
final class SealedShape {

    /** Of certificates and signatures. */
    static final int MAX_SIGNATURE_OCTETS = 64 * 1024;
    /** All that announces an encrypted message (RFC 3156 §4). */
    private static final Pattern CONTROL = Pattern.compile("\\s*Version\\s*:\\s*1\\s*", Pattern.CASE_INSENSITIVE);

    private SealedShape() {
    }

    /** {@link PartKind#SIGNED}, {@link PartKind#ENCRYPTED}, or {@link PartKind#MULTIPART} when it is neither. */
    static PartKind of(Node node) {
        if (node.children.size() != 2) {
            return PartKind.MULTIPART;
        }
        Node first = node.children.getFirst();
        Taken second = node.children.getLast().taken;
        if (second == null || first.headerFrom == first.headerTo && first.taken != null) {
            return PartKind.MULTIPART;
        }
        String type = second.facts().type();
        if (node.type.equals("multipart/signed")) {
            boolean cms = (type.equals("application/pkcs7-signature") || type.equals("application/x-pkcs7-signature"))
                    && second.isCmsSignature();
            boolean pgp = type.equals("application/pgp-signature") && second.isPgp(PgpArmour.Label.SIGNATURE);
            return (cms || pgp) && second.octets() <= MAX_SIGNATURE_OCTETS ? PartKind.SIGNED : PartKind.MULTIPART;
        }
        Taken control = first.taken;
        boolean announced = control != null && control.facts().type().equals("application/pgp-encrypted")
                && control.octets() == control.head().length && CONTROL.matcher(new String(control.head(), StandardCharsets.ISO_8859_1)).matches();
        return announced && second.isPgp(PgpArmour.Label.MESSAGE) ? PartKind.ENCRYPTED : PartKind.MULTIPART;
    }
}
