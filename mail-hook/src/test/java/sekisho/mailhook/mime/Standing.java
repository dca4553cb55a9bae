package sekisho.mailhook.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.header.HeaderBlock;

/** Where a marker of {@link RandomMail} stands, as it is or encoded. Texts have one char for each octet. */
final class Standing {

    private static final Set<PartKind> TAKEN = Set.of(PartKind.ATTACHMENT, PartKind.STRAY);

    private Standing() {
    }

    static boolean in(String marker, List<String> texts) {
        return forms(marker).stream().anyMatch(form -> texts.stream().anyMatch(text -> text.contains(form)));
    }

    /** As it stands, and what it is in base64 and uuencode, wherever in a group of three octets it begins. */
    private static List<String> forms(String marker) {
        List<String> forms = new ArrayList<>(List.of(marker));
        for (int before = 0; before < 3; before++) {
            byte[] shifted = ("xxx".substring(0, before) + marker).getBytes(StandardCharsets.US_ASCII);
            int from = (before * 8 + 5) / 6;
            int to = shifted.length * 8 / 6;
            forms.add(Base64.getEncoder().encodeToString(shifted).substring(from, to));
            forms.add(UuText.uuLines(shifted).substring(1 + from, 1 + to));
        }
        return forms;
    }

    /** A text as it is, without the soft line ends of quoted-printable, and with nothing but what base64 is made of. */
    static List<String> readings(String text) {
        return List.of(text, text.replaceAll("=\\s+", ""), text.replaceAll("[^A-Za-z0-9+/]", ""));
    }

    /** All of a message, and those of its leaves decoded that are {@code read}. */
    static List<String> in(SplitMessage kept, Predicate<Part> read) {
        return decoded(kept, kept.spool, read);
    }

    /** What is no attachment of a message, decoded too. */
    static List<String> outsideOfAttachments(SplitMessage kept) {
        byte[] octets = kept.spool.clone();
        kept.layout().root().walk().filter(part -> TAKEN.contains(part.kind())).forEach(part -> blank(octets, part.body()));
        kept.layout().cuts().forEach(cut -> blank(octets, cut));
        return decoded(kept, octets, part -> !TAKEN.contains(part.kind()));
    }

    /** The message without one attachment; one that is in a file with others, without all of that file. */
    static String without(SplitMessage kept, int attachment) {
        Part part = kept.layout().root().walk().filter(each -> each.attachment() >= 0 && each.attachment() <= attachment)
                .max(Comparator.comparingInt(Part::attachment)).orElseThrow();
        String text = new String(kept.spool, StandardCharsets.ISO_8859_1);
        return text.substring(0, Math.toIntExact(part.start())) + text.substring(Math.toIntExact(part.body().to()));
    }

    private static List<String> decoded(SplitMessage kept, byte[] octets, Predicate<Part> read) {
        List<String> texts = new ArrayList<>(readings(new String(octets, StandardCharsets.ISO_8859_1)));
        kept.layout().root().walk().filter(part -> part.children().isEmpty() && read.test(part)).forEach(part -> {
            byte[] header = range(octets, part.header());
            var encoding = HeaderBlock.parse(header, header.length).first("content-transfer-encoding").map(TransferEncoding::parse).orElse(TransferEncoding.SEVEN_BIT);
            if (!encoding.isIdentity()) {
                texts.addAll(readings(new String(BodyDecoder.decode(encoding, range(octets, part.body())), StandardCharsets.ISO_8859_1)));
            }
        });
        return texts;
    }

    private static byte[] range(byte[] octets, Range range) {
        return java.util.Arrays.copyOfRange(octets, Math.toIntExact(range.from()), Math.toIntExact(range.to()));
    }

    /** Line ends, so that what stands around doesn't grow together. */
    private static void blank(byte[] octets, Range range) {
        java.util.Arrays.fill(octets, Math.toIntExact(range.from()), Math.toIntExact(range.to()), (byte) '\n');
    }
}
