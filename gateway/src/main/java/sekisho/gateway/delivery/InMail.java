package sekisho.gateway.delivery;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.policy.AttachmentFacts;
import sekisho.gateway.policy.Decision;
import sekisho.gateway.policy.MessageFacts.Content;

/**
 * Attachments that leave in the mail itself, for some recipient at least, and of which no file is kept: nothing of them can be revoked, and no row names them.
 *
 * @param any         whether there are any, or may be
 * @param attachments how many; 0 where only {@code any} is known: of an encrypted message, and of a delivery from before they were counted
 * @param octets      decoded, of all together
 */
public record InMail(boolean any, int attachments, long octets) {

    public static final InMail NONE = new InMail(false, 0, 0);
    /** In what is encrypted there may be any number. */
    static final InMail UNCOUNTED = new InMail(true, 0, 0);

    /** @param keepsFiles whether attachments are kept as files: then what is inside something signed stays, and who gets the message as a file gets nothing besides */
    static InMail of(Content content, Collection<Decision> decisions, boolean keepsFiles) {
        boolean none = decisions.stream().allMatch(Decision::whole);
        var staying = none ? List.<AttachmentFacts>of() : keepsFiles ? content.enclosed() : content.files();
        if (staying.isEmpty() && content.encrypted() && !none && !keepsFiles) {
            return UNCOUNTED;
        }
        return new InMail(!staying.isEmpty(), staying.size(), staying.stream().mapToLong(AttachmentFacts::octets).sum());
    }

    /**
     * As a row says it.
     *
     * @param attached    whether the message came with attachments
     * @param attachments null, as {@code octets} is, where they weren't counted
     * @param files       how many files are kept of it
     */
    public static InMail of(boolean attached, @Nullable Integer attachments, @Nullable Long octets, int files) {
        return attachments == null || octets == null ? new InMail(attached && files == 0, 0, 0) : new InMail(attachments > 0, attachments, octets);
    }

    /** Of two that should be the same, no less than either. */
    InMail orMore(int attachments, long octets) {
        return new InMail(any || attachments > 0, Math.max(this.attachments, attachments), Math.max(this.octets, octets));
    }

    /** Whether it is known how many there are. */
    public boolean counted() {
        return attachments > 0;
    }
}
