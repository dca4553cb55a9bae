package sekisho.mailhook.mime.codec;

import java.io.IOException;

/** Takes octets as they come; the array belongs to the giver and is overwritten after the call. */
@FunctionalInterface
public interface OctetConsumer {
    void accept(byte[] octets, int offset, int length) throws IOException;
}
