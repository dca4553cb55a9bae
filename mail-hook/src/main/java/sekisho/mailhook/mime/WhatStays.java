package sekisho.mailhook.mime;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.HeaderBlock;

/** Decides from the header of a part, and where it stands, what may keep it in the message. Its octets have the last word. */
final class WhatStays {

    static final Set<String> CMS_ENDINGS = Set.of("p7m", "p7s", "p7c", "p7z");
    private static final Set<String> PGP_ENDINGS = Set.of("asc", "sig", "pgp", "gpg");
    private static final Set<String> IMAGE_ENDINGS = Set.of("png", "gif", "jpg", "jpeg", "jpe", "jfif", "bmp", "dib", "webp", "tif", "tiff", "ico");

    private WhatStays() {
    }

    /**
     * @param open the multiparts around the part, outermost first
     * @param root of the message
     * @param returnedStays see {@link SplitRules}
     */
    static Taken.Candidate candidate(ContentFacts facts, List<Node> open, @Nullable Node root, boolean returnedStays) {
        String type = facts.type();
        if (facts.isTnef()) {
            return Taken.Candidate.TNEF;
        }
        if (open.isEmpty() && isCmsMessage(facts)) {
            return Taken.Candidate.CMS;
        }
        if (!open.isEmpty() && mayBeImage(type) && facts.contentId() != null && !facts.contradictory() && facts.named().stream().allMatch(WhatStays::mayBeImageName)) {
            return Taken.Candidate.IMAGE;   // also with disposition attachment, as Google writes: what the HTML shows decides
        }
        if (facts.detached()) {
            return Taken.Candidate.NONE;
        }
        if (type.equals("text/calendar") && facts.method() != null && facts.named().stream().allMatch(WhatStays::mayBeCalendar)) {
            return Taken.Candidate.CALENDAR;   // also as the whole message (RFC 6047 §2.4)
        }
        if (open.isEmpty()) {
            return Taken.Candidate.NONE;
        }
        return isPartOfReport(facts, open, root, returnedStays) ? Taken.Candidate.REPORT : Taken.Candidate.NONE;
    }

    /** .NET's {@code LinkedResource} says octet-stream of an image when nobody tells it better. */
    private static boolean mayBeImage(String type) {
        return type.startsWith("image/") && !type.startsWith("image/svg") || type.equals("application/octet-stream");
    }

    /** Outlook calls some {@code image001.png@01D3C1A2.8B5F4E10}. */
    private static boolean mayBeImageName(String name) {
        int at = name.indexOf('@');
        return isWithoutEnding(name) || endsWithOne(at < 0 ? name : name.substring(0, at), IMAGE_ENDINGS);
    }

    /** Whether it says that it is a message of S/MIME, and is called nothing else. */
    static boolean isCmsMessage(ContentFacts facts) {
        return (facts.type().equals("application/pkcs7-mime") || facts.type().equals("application/x-pkcs7-mime")) && isNamedAsSeal(facts);
    }

    /** Whether nobody would take it for a file of another kind: what is encrypted, signed, or a signature. */
    static boolean isNamedAsSeal(ContentFacts facts) {
        return facts.named().stream().allMatch(name -> isWithoutEnding(name) || endsWithOne(name, CMS_ENDINGS) || endsWithOne(name, PGP_ENDINGS));
    }

    /** What a signed document is called without the ending that says so. */
    static String nameInside(String name) {
        return endsWithOne(name, CMS_ENDINGS) && name.lastIndexOf('.') > 0 ? name.substring(0, name.lastIndexOf('.')) : name;
    }

    /** Whether a name says what sort of file is signed, as {@code plan.pdf.p7m} does. */
    static boolean isNamedAsDocument(ContentFacts facts) {
        return !facts.named().stream().map(WhatStays::nameInside).allMatch(WhatStays::isWithoutEnding);
    }

    private static boolean isWithoutEnding(String name) {
        return name.indexOf('.') < 0;
    }

    static boolean endsWithOne(String name, Set<String> endings) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        return endings.contains(lower.substring(lower.lastIndexOf('.') + 1)) && lower.indexOf('.') >= 0;
    }

    /** Whether a field tells of what the content is (RFC 2045 §3). */
    static boolean isAboutContent(HeaderBlock.Field field) {
        return field.name().startsWith("content-") || field.name().equals("mime-version");
    }

    private static boolean mayBeCalendar(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        return lower.indexOf('.') < 0 || lower.endsWith(".ics") || lower.endsWith(".ifb") || lower.endsWith(".vcs");
    }

    /** Thunderbird calls the parts of a receipt {@code MDNPart2.txt}. */
    private static boolean mayBeReport(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        return lower.isEmpty() || lower.endsWith(".txt");
    }

    /** Only the message itself can be a report, or what is signed as a whole, as receipts may be; and only behind its machine part may the returned message stand. */
    private static boolean isPartOfReport(ContentFacts facts, List<Node> open, @Nullable Node root, boolean returnedStays) {
        Node parent = open.getLast();
        boolean signedReport = root != null && open.size() == 2 && root == open.getFirst() && root.type.equals("multipart/signed") && root.children.getFirst() == parent;
        if (root != parent && !signedReport || !parent.type.equals("multipart/report")) {
            return false;
        }
        String type = facts.type();
        if (!returnedStays && (facts.isMessage() || !facts.named().stream().allMatch(WhatStays::mayBeReport))) {
            return false;    // who makes up a receipt to send a file along returns a message, or names it
        }
        return switch (type) {
            case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
                 "message/global-disposition-notification", "message/feedback-report" ->
                    parent.children.stream().noneMatch(c -> c.kind == PartKind.REPORT);   // one, and first (RFC 6522 §3)
            case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers" ->
                    parent.children.stream().anyMatch(c -> c.kind == PartKind.REPORT)
                            && parent.children.stream().noneMatch(c -> c.type.equals(type) && c.kind == PartKind.REPORT);
            default -> false;
        };
    }

    /**
     * Whether a message inside the message can stay without what is attached to it. Not where it might turn out to be part of a report
     * or of something signed, nor as one of several alternatives: whoever is shown that one would see no link.
     */
    static boolean asMessage(ContentFacts facts, List<Node> open, @Nullable Node root, boolean returnedStays) {
        boolean typedByDigest = !open.isEmpty() && open.getLast().type.equals("multipart/digest");   // not all readers know that rule
        return facts.isMessage() && facts.encoding().isIdentity() && !(typedByDigest && (facts.detached() || facts.isNamed()))
                && open.stream().noneMatch(node -> isSealed(node) || node.type.equals("multipart/alternative"))
                && candidate(facts, open, root, returnedStays) == Taken.Candidate.NONE;
    }

    /** Whether a multipart says that it is signed or encrypted; {@link SealedShape} tells whether it is. */
    static boolean isSealed(Node node) {
        return node.type.equals("multipart/signed") || node.type.equals("multipart/encrypted");
    }

    /** Whether a message says so of itself as a whole. */
    static boolean isSealedMessage(ContentFacts facts) {
        return switch (facts.type()) {
            case "multipart/signed", "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime" -> true;
            default -> false;
        };
    }
}
