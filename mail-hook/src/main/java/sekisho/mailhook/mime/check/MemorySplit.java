package sekisho.mailhook.mime.check;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.AttachmentFact;
import sekisho.mailhook.mime.AttachmentHead;
import sekisho.mailhook.mime.AttachmentSink;
import sekisho.mailhook.mime.Layout;
import sekisho.mailhook.mime.MessageSplitter;
import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.SplitResult;
import sekisho.mailhook.mime.SplitRules;
import sekisho.mailhook.mime.SplitSink;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.rewrite.Spool;

/** A message split with everything in memory. */
final class MemorySplit {

    private static final int BLOCK = 16 * 1024;

    private final SplitResult result;
    private final byte[] spool;
    private final List<ByteArrayOutputStream> contents = new ArrayList<>();

    MemorySplit(byte[] message, boolean keepAttachments) {
        this(message, SplitRules.defaults(), keepAttachments);
    }

    MemorySplit(byte[] message, SplitRules rules, boolean keepAttachments) {
        var remainder = new ByteArrayOutputStream(keepAttachments ? message.length : 8192);
        var splitter = new MessageSplitter(rules, new SplitSink() {
            @Override public void spool(byte[] octets, int offset, int length) {
                remainder.write(octets, offset, length);
            }

            @Override public AttachmentSink open(AttachmentHead head) {
                var content = new ByteArrayOutputStream();
                contents.add(content);
                return new Kept(content);
            }
        }, keepAttachments);
        try {
            for (int at = 0; at < message.length; at += BLOCK) {
                splitter.feed(message, at, Math.min(BLOCK, message.length - at));
            }
            result = splitter.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);   // nothing here does I/O
        }
        spool = remainder.toByteArray();
    }

    private record Kept(ByteArrayOutputStream content) implements AttachmentSink {
        @Override public void write(byte[] octets, int offset, int length) {
            content.write(octets, offset, length);
        }

        @Override public void finish(long decodedOctets) {
            if (decodedOctets != content.size()) {
                throw new IllegalStateException("an attachment has another size than was said");
            }
        }

        @Override public void withdraw() {
            content.reset();
        }
    }

    @Nullable Layout layout() {
        return result instanceof SplitResult.Split(Layout layout) ? layout : null;
    }

    SplitResult.@Nullable Refused refused() {
        return result instanceof SplitResult.Refused refused ? refused : null;
    }

    byte[] octets() {
        return spool;
    }

    Spool spool() {
        return (from, length) -> new ByteArrayInputStream(spool, Math.toIntExact(from), Math.toIntExact(length));
    }

    byte[] content(AttachmentFact attachment) {
        return contents.get(attachment.index()).toByteArray();
    }

    byte[] range(long from, long to) {
        return java.util.Arrays.copyOfRange(spool, (int) from, (int) to);
    }

    HeaderBlock header(Part part) {
        byte[] octets = range(part.header().from(), part.header().to());
        return HeaderBlock.parse(octets, octets.length);
    }

    static List<Part> leaves(Layout layout) {
        return layout.root().walk().filter(p -> p.kind() != PartKind.MULTIPART && p.kind() != PartKind.MESSAGE).toList();
    }
}
