package sekisho.mailhook.outgoing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;

/**
 * What a sender typed in the portal: the spool of a delivery that no mail brought.
 *
 * @param messageId of every copy, without angle brackets; the delivery is found by it
 * @param files     their names, in order
 */
record ComposedContent(String subject, String message, String messageId, List<String> files) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static ComposedContent of(byte[] octets) throws IOException {
        return JSON.readValue(octets, ComposedContent.class);
    }
}
