package sekisho.mailhook.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import sekisho.mailhook.mime.AttachmentSink;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.rewrite.HeaderEdits;

/**
 * The message on its way into a file, for whoever gets that if it is signed: as it comes, but for the fields of its header that no copy has (blind copies
 * among them), which no signature in the message covers.
 */
final class WholeMessage {

    private final AttachmentSink file;
    private final int limitOctets;
    private final ByteArrayOutputStream header = new ByteArrayOutputStream();
    private boolean atLineStart = true;
    private boolean inHeader = true;
    private long octets;

    /** @param limitOctets of a header; the message is refused when that is longer */
    WholeMessage(AttachmentSink file, int limitOctets) {
        this.file = file;
        this.limitOctets = limitOctets;
    }

    void feed(byte[] buffer, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (inHeader && at < end) {
            byte octet = buffer[at++];
            header.write(octet);
            boolean lineEnds = octet == '\n';
            if (lineEnds && atLineStart || header.size() > limitOctets) {
                headerEnds();
            }
            atLineStart = lineEnds || atLineStart && octet == '\r';
        }
        write(buffer, at, end - at);
    }

    private void headerEnds() throws IOException {
        inHeader = false;
        byte[] all = header.toByteArray();
        header.reset();
        var never = HeaderEdits.original(List.of()).remove();
        int from = 0;
        for (var field : HeaderBlock.parse(all, all.length).fields()) {
            if (never.contains(field.name())) {
                write(all, from, field.start() - from);
                from = field.end();
            }
        }
        write(all, from, all.length - from);
    }

    private void write(byte[] buffer, int offset, int length) throws IOException {
        if (length > 0) {
            file.write(buffer, offset, length);
            octets += length;
        }
    }

    /** The message is over. @param signed whether anybody may get it as a file */
    void end(boolean signed) throws IOException {
        if (inHeader) {
            headerEnds();
        }
        if (signed) {
            file.finish(octets);
        } else {
            file.withdraw();
        }
    }
}
