package sekisho.mailhook.intake;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import sekisho.mailhook.mime.AttachmentFact;

/**
 * What stands behind the message in its spool, as JSON: all that is needed to send it on.
 *
 * @param received  our trace field with its CRLF
 * @param eightBit  whether the message has octets above 127
 * @param converted whether it differs from what its sender's server sent, and signed; not said in spools of before, which count as unchanged
 * @param layout    {@code Layout} as JSON
 * @param enclosed  files that stay in something signed, which the layout doesn't name; not said where there are none, nor in spools of before
 */
public record SpoolTrailer(String received, boolean eightBit, boolean converted, String layout, @JsonInclude(Include.NON_EMPTY) List<AttachmentFact> enclosed) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public SpoolTrailer {
        enclosed = enclosed == null ? List.of() : List.copyOf(enclosed);   // null: not said
    }

    /** As it stands in the spool. */
    public byte[] toOctets() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** @throws IOException when these aren't the octets of a trailer */
    public static SpoolTrailer of(byte[] octets) throws IOException {
        return JSON.readValue(octets, SpoolTrailer.class);
    }
}
