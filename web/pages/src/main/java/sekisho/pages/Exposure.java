package sekisho.pages;

import sekisho.gateway.delivery.DeliveryView;

/** How much of one file one recipient may have seen. Never told too small: what was served counts as seen. */
public enum Exposure {
    /** Not even the file's name. */
    NONE(""),
    /** The list of files, no content. */
    NAMES("wait"),
    /** Part of the content. */
    PART("bad"),
    /** Every octet. */
    COMPLETE("bad");

    private final String kind;

    Exposure(String kind) {
        this.kind = kind;
    }

    /** The class of its badge. */
    public String kind() {
        return kind;
    }

    /** Of what a recipient's mail has in itself: all, once it may have left. */
    public static Exposure ofMail(DeliveryView.RecipientView recipient) {
        return recipient.hold() == DeliveryView.Hold.RELEASED && recipient.relay() != DeliveryView.Relay.FAILED ? COMPLETE : NONE;
    }

    /** Of one file, for one who gets a link. */
    public static Exposure of(DeliveryView.RecipientView recipient, DeliveryView.FileView file, DeliveryView.GrantView grant) {
        if (grant.downloads() > 0 || file.sizeOctets() > 0 && grant.distinctOctets() >= file.sizeOctets()) {
            return COMPLETE;
        }
        if (grant.distinctOctets() > 0) {
            return PART;
        }
        return recipient.namesSeenAt().isPresent() ? NAMES : NONE;
    }
}
