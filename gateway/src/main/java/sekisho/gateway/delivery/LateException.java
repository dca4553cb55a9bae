package sekisho.gateway.delivery;

import java.util.UUID;

/** A delivery came in for so long that the sweep may already have taken some of its objects: nothing of it is kept, and it has to come again, faster. */
public final class LateException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    LateException(UUID delivery) {
        super("delivery " + delivery + " took longer to come in than half of gateway.store.orphan-age; its objects may be swept away");
    }
}
