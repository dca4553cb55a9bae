package sekisho.mailhook.outgoing;

import org.jspecify.annotations.Nullable;
import sekisho.mailhook.relay.MessageWriter;
import sekisho.mailhook.relay.OutgoingEnvelope;
import sekisho.storage.Opener;

/** A message ready to be sent, to the rows of its item in their order; close it afterwards. */
record Outgoing(OutgoingEnvelope envelope, MessageWriter writer, Opener.@Nullable OpenObject spool) implements AutoCloseable {

    @Override
    public void close() {
        if (spool != null) {
            spool.close();
        }
    }
}
