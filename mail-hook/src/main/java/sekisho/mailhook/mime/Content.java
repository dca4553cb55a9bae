package sekisho.mailhook.mime;

import java.io.IOException;

/** Takes the octets between two delimiters, header excepted, in the message's own encoding. */
interface Content {

    void accept(byte[] octets, int offset, int length) throws IOException, Refusal;

    void end() throws IOException, Refusal;

    /** Whether these octets may be in what is relayed, so that a doubtful line among them matters. */
    boolean stays();
}
