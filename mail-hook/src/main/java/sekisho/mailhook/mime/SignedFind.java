package sekisho.mailhook.mime;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

import sekisho.gateway.files.FileNames;

/** One part inside a signed message, its content as it is, or a part decoded. */
final class SignedFind implements AttachmentSink, Finding {

    private final AttachmentHead head;
    private final @Nullable AttachmentSink sink;
    private @Nullable AttachmentFact fact;
    private final MessageDigest sha256 = sha256();
    private byte @Nullable [] digest;
    private long octets;
    private boolean dropped;
    private boolean file;
    private boolean covered;
    private boolean stays;
    private int decodedFrom = -1;

    /** @param sink null: nobody looks at it */
    SignedFind(AttachmentHead head, @Nullable AttachmentSink sink) {
        this.head = head;
        this.sink = sink;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    void is(AttachmentFact found, boolean asFile, boolean inAnother) {
        fact = found;
        file = asFile;
        covered = inAnother;
    }

    /** It is what readers decode of another part, and by its name. */
    void isDecodedFrom(int index) {
        file = true;
        covered = true;
        decodedFrom = index;
    }

    /** It is one itself, by the name that it was begun with. */
    void asFile() {
        file = true;
    }

    /** Whether all its octets are those of the other. */
    boolean isSameAs(SignedFind other) {
        return octets == other.octets && Arrays.equals(digest(), other.digest());
    }

    private byte[] digest() {
        if (digest == null) {
            digest = sha256.digest();
        }
        return digest;
    }

    /** Whether it turned out to be something. */
    boolean isKnown() {
        return fact != null;
    }

    /** From now on it is only to be scanned. @return whether it is */
    boolean show() {
        file = false;
        covered = true;
        return !dropped;
    }

    void settle(boolean remain) throws IOException {
        stays = remain;
        if (sink == null) {
            return;
        }
        if (stays) {
            sink.stay(file);
        } else {
            sink.withdraw();
        }
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        octets += length;
        sha256.update(buffer, offset, length);
        if (sink != null) {
            sink.write(buffer, offset, length);
        }
    }

    @Override
    public void ended() throws IOException {
        if (sink != null) {
            sink.ended();
        }
    }

    @Override
    public void named(String name) {
        if (sink != null) {
            sink.named(name);
        }
    }

    @Override
    public void finish(long decodedOctets) throws IOException {
        ended();
    }

    @Override
    public void withdraw() {
        dropped = true;   // told together with the others
    }

    @Override
    public void stay(boolean asFile) throws IOException {
        ended();
    }

    @Override
    public boolean isFinished() {
        return false;
    }

    @Override
    public boolean isStaying() {
        return stays;
    }

    @Override
    public boolean isCovered() {
        return covered;
    }

    @Override
    public boolean isUnpacked() {
        return true;
    }

    @Override
    public boolean isFile() {
        return file;
    }

    @Override
    public int decodedFrom() {
        return decodedFrom;
    }

    @Override
    public AttachmentFact fact(FileNames names) {
        var found = fact;
        return found == null ? new AttachmentFact(head.index(), names.unique(head.name()), List.of(), head.type(), octets)
                : new AttachmentFact(head.index(), names.unique(found.name()), found.otherNames(), found.type(), found.octets());
    }
}
