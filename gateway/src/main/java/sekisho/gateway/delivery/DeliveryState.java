package sekisho.gateway.delivery;

/** Where a delivery stands, told for it as a whole. */
public enum DeliveryState {
    /** At least one recipient's copy still waits. */
    HELD,
    /** Every copy that was not cancelled has been let go, and links are open. */
    RELEASED,
    /** The sender stopped it for every recipient. */
    CANCELLED,
    /** Access was ended on purpose; can be taken back until shredded. */
    REVOKED,
    /** Time is over; the keys still exist until shredded. */
    EXPIRED,
    /** The keys of its files are destroyed. */
    SHREDDED
}
