package sekisho.mailhook.mime;

import java.io.IOException;

/** Takes the octets between two delimiters, header excepted, in the message's own encoding. */
interface Content {

    void accept(byte[] octets, int offset, int length) throws IOException, Refusal;

    void end() throws IOException, Refusal;

    /**
     * Whether a doubtful line among these octets matters: they may be in what is relayed, or they are decoded, and who takes that line for a
     * boundary decodes something else behind it. In a file that goes as it stands such a line is seen by all.
     */
    boolean minds();
}
