package sekisho.mailhook.mime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The shape of a split message. All offsets count octets of the spool. It is kept beside the spool until the message is
 * relayed, as JSON.
 *
 * @param spoolOctets     length of the spool
 * @param keepsAttachments whether the spool is the original message, octet for octet
 * @param attachments     in stream order
 * @param cuts            files that stand in texts, in order and apart from each other: they are no part of the message with a link; of no
 *                        octets where the spool lacks them
 */
public record Layout(long spoolOctets, boolean keepsAttachments, MessageFacts facts, Part root,
                     List<AttachmentFact> attachments, List<Range> cuts) {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

    public Layout {
        attachments = List.copyOf(attachments);
        cuts = List.copyOf(cuts);
    }

    /** The layout of what is left of the spool when the cuts are gone from it. */
    public Layout withoutCuts() {
        return cuts.isEmpty() ? this : new Layout(moved(spoolOctets), keepsAttachments, facts, moved(root), attachments, List.of());
    }

    /** The parts that a cut is in, as {@link #withoutCuts} has them. */
    public Set<Part> shortened() {
        return root.walk().filter(part -> part.children().isEmpty() && cuts.stream().anyMatch(cut -> cut.from() >= part.body().from() && cut.to() <= part.body().to()))
            .map(this::moved).collect(Collectors.toSet());
    }

    private Part moved(Part part) {
        return new Part(part.kind(), part.type(), moved(part.start()), moved(part.header()), moved(part.body()), part.attachment(), part.text(),
                part.boundary(), part.children().stream().map(this::moved).toList());
    }

    private Range moved(Range range) {
        return new Range(moved(range.from()), moved(range.to()));
    }

    private long moved(long place) {
        long gone = 0;
        for (Range cut : cuts) {
            gone += Math.max(0, Math.min(place, cut.to()) - cut.from());
        }
        return place - gone;
    }

    /** Whether the message differs for those who get a link instead of the attachments. */
    public boolean hasAttachments() {
        return !attachments.isEmpty();
    }

    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a layout could not be written as JSON", e);
        }
    }

    /** @throws IllegalArgumentException when this isn't what {@link #toJson} wrote; the message can't be rewritten */
    public static Layout fromJson(String json) {
        try {
            return JSON.readValue(json, Layout.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("this is no layout of a message", e);
        }
    }
}
