package sekisho.mailhook.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * What stands behind the message in its spool, as JSON: all that is needed to send it on.
 *
 * @param received  our trace field with its CRLF
 * @param eightBit  whether the message has octets above 127
 * @param converted whether it differs from what its sender's server sent, and signed; not said in spools of before, which count as unchanged
 * @param layout    {@code Layout} as JSON
 */
public record SpoolTrailer(String received, boolean eightBit, boolean converted, String layout) {

    private static final ObjectMapper JSON = new ObjectMapper();

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
