package sekisho.mailhook.relay;

import java.io.IOException;
import java.io.OutputStream;

/** Writes the text of a message, header and body, as often as it is asked to. Lone CR and LF are made CRLF and dots are stuffed behind {@code out}. */
@FunctionalInterface
public interface MessageWriter {
    /** An exception stops the message: the next hop gets no end of it and so has nothing. */
    void writeTo(OutputStream out) throws IOException;
}
