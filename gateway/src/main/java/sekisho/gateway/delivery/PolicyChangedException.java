package sekisho.gateway.delivery;

import java.util.UUID;

/** The policy was changed while files came in, and asks for what nobody looked at then: nothing of them is kept, and they have to come again. */
public final class PolicyChangedException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    PolicyChangedException(UUID delivery) {
        super("the policy changed while the files of " + delivery + " came in");
    }
}
