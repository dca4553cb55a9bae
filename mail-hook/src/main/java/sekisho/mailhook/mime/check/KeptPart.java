package sekisho.mailhook.mime.check;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.Range;
import sekisho.mailhook.mime.header.HeaderBlock;

/**
 * A part as it should stay, or as it is found again.
 *
 * @param header as it stands
 * @param body   as it stands; empty where other parts are in it, for they are looked at themselves
 * @param top    whether its header is, or was, the message's own
 * @param mayGo  whether it is an alternative of a rarer sort, which can't say where the files are
 */
record KeptPart(Part part, byte[] header, byte[] body, boolean top, boolean mayGo) {

    /** @param cuts ranges that are no part of it */
    static KeptPart of(MemorySplit message, List<Range> cuts, Part part, boolean top, boolean alternative) {
        boolean rarer = part.kind() == PartKind.TEXT && !part.type().equals("text/plain") && !part.type().equals("text/html");
        byte[] body = part.children().isEmpty() && part.kind() != PartKind.MULTIPART ? without(cuts, message, part.body()) : new byte[0];
        return new KeptPart(part, message.range(part.header().from(), part.header().to()), body, top, alternative && rarer);
    }

    /** What should be left of a message inside the message when all its content is taken out: who wrote it, when and about what. */
    static KeptPart emptied(MemorySplit message, Part content) {
        byte[] octets = message.range(content.header().from(), content.header().to());
        HeaderBlock fields = HeaderBlock.parse(octets, octets.length);
        boolean[] gone = new boolean[octets.length];
        fields.fields().stream().filter(field -> field.name().startsWith("content-")).forEach(field -> Arrays.fill(gone, field.start(), field.end(), true));
        fields.strays().forEach(line -> Arrays.fill(gone, line.start(), line.end(), true));
        var header = new ByteArrayOutputStream();
        for (int i = 0; i < octets.length; i++) {
            if (!gone[i]) {
                header.write(octets[i]);
            }
        }
        return new KeptPart(content, header.toByteArray(), new byte[0], false, false);
    }

    private static byte[] without(List<Range> cuts, MemorySplit message, Range body) {
        var octets = new ByteArrayOutputStream();
        long from = body.from();
        for (Range cut : cuts) {
            if (cut.from() >= body.from() && cut.to() <= body.to()) {
                octets.writeBytes(message.range(from, cut.from()));
                from = cut.to();
            }
        }
        octets.writeBytes(message.range(from, body.to()));
        return octets.toByteArray();
    }

    String type() {
        return part.type();
    }

    HeaderBlock fields() {
        return HeaderBlock.parse(header, header.length);
    }

    /** Octet for octet; the header of the message itself, of which some fields change, is compared elsewhere. */
    boolean isSame(KeptPart other) {
        boolean headers = top ? other.top && sameShape(other) : !other.top && sameHeader(other);
        return headers && bodies().anyMatch(each -> Arrays.equals(each, other.body));
    }

    /**
     * The body as it may stand. When the header has no empty line, the line end in front of the next boundary line is the body's own. When
     * the part behind it goes, the boundary line after that may come with another one, and when the header gets its empty line it is the body's
     * no longer.
     */
    Stream<byte[]> bodies() {
        if (fields().closed()) {
            return Stream.of(body);
        }
        byte[] longer = Arrays.copyOf(body, body.length + 2);
        longer[body.length] = '\r';
        longer[body.length + 1] = '\n';
        boolean ends = body.length >= 2 && body[body.length - 2] == '\r' && body[body.length - 1] == '\n';
        return Stream.of(body, longer, ends ? Arrays.copyOf(body, body.length - 2) : body);
    }

    /** A header that ended at a boundary line has no empty line; that line's end becomes one when the part behind it goes. One that ended at a file in a text gets one. */
    private boolean sameHeader(KeptPart other) {
        boolean ended = !fields().closed() && other.header.length == header.length + 2 && other.header[header.length] == '\r' && other.header[header.length + 1] == '\n';
        return Arrays.equals(header, ended ? Arrays.copyOf(other.header, header.length) : other.header);
    }

    private boolean sameShape(KeptPart other) {
        return type().equals(other.type()) && java.util.Objects.equals(part.boundary(), other.part.boundary());
    }
}
