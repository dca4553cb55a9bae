package sekisho.mailhook.mime;

/**
 * Whether a multipart that calls itself signed or encrypted has the shape of one. The name alone proves nothing:
 * otherwise any attachment would pass in a multipart/signed without a signature.
 */
final class SealedShape {

    /** Of certificates and signatures. */
    static final int MAX_SIGNATURE_OCTETS = 64 * 1024;
    private static final int MAX_CONTROL_OCTETS = 1024;

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
        byte[] head = second.head();
        String type = second.facts().type();
        if (node.type.equals("multipart/signed")) {
            boolean cms = (type.equals("application/pkcs7-signature") || type.equals("application/x-pkcs7-signature"))
                    && second.isCmsSignature();
            boolean pgp = type.equals("application/pgp-signature") && Signatures.isArmor(head, head.length, "SIGNATURE");
            return (cms || pgp) && second.octets() <= MAX_SIGNATURE_OCTETS ? PartKind.SIGNED : PartKind.MULTIPART;
        }
        Taken control = first.taken;
        boolean announced = control != null && control.facts().type().equals("application/pgp-encrypted")
                && control.octets() <= MAX_CONTROL_OCTETS;
        return announced && second.isPgpMessage() ? PartKind.ENCRYPTED : PartKind.MULTIPART;
    }
}
