package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.codec.TransferEncoding;

/** A body that is labelled base64 and stands for itself, decoded: there are readers that do so all the same, and that is looked at, too. */
final class DecodedToo {

    private final Assembly assembly;
    private final AttachmentHead head;
    private @Nullable BodyDecoder decoder = BodyDecoder.of(TransferEncoding.BASE64, this::decoded);   // until its end
    private @Nullable SignedFind find;

    /** @param head of the part */
    DecodedToo(Assembly assembly, AttachmentHead head) {
        this.assembly = assembly;
        this.head = head;
    }

    void accept(byte[] octets, int offset, int length) throws IOException {
        Objects.requireNonNull(decoder).decode(octets, offset, length);
    }

    private void decoded(byte[] octets, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        if (find == null) {
            var own = new AttachmentHead(assembly.nextIndex(), head.type(), head.name(), true, true);
            find = new SignedFind(own, assembly.open(own));
            assembly.add(find);
        }
        find.write(octets, offset, length);
    }

    void end() throws IOException {
        Objects.requireNonNull(decoder).end();
        decoder = null;
        if (find != null) {
            find.ended();
        }
    }

    /** @param looked whether somebody looks at it: the part is there */
    void settle(boolean looked) throws IOException {
        if (find != null) {
            find.isDecodedFrom(head.index());
            find.settle(looked);
            find = null;
        }
    }
}
