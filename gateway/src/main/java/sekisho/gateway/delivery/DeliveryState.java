package sekisho.gateway.delivery;

/** Where a delivery stands, told for it as a whole. */
public enum DeliveryState {
    /** At least one recipient's copy still waits. */
    HELD,
    /** Every copy that was not cancelled has been let go, and some link is open, or none has a link. */
    RELEASED,
    /** It was stopped for every recipient. */
    CANCELLED,
    /** Every copy that was not cancelled was let go, and no mail server took any. */
    FAILED,
    /** Access was ended on purpose, for all at once or for one after the other; can be taken back until it expires. */
    REVOKED,
    /** No link is open and the time of some is over; the keys still exist until shredded. */
    EXPIRED,
    /** The keys of its files are destroyed. */
    SHREDDED
}
