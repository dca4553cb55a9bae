package sekisho.mailhook.outgoing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** What a sender typed in the portal: the spool of a delivery that no mail brought. */
record ComposedContent(String subject, String message) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static ComposedContent of(byte[] octets) throws IOException {
        return JSON.readValue(octets, ComposedContent.class);
    }
}
