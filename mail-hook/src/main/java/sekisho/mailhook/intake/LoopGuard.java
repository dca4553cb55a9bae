package sekisho.mailhook.intake;

import io.quarkus.logging.Log;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.people.EmailAddress;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.trace.TraceField;

/**
 * Watches the header of a message as it streams by for our own mark, and refuses what we have sent to all of its recipients before: it goes in
 * a circle (RFC 5321 §6.3). To others it may be forwarded, or come by a list, also when one of them had a copy of his own; then it is a message like any other. Whatever the mark
 * says, it lets nothing pass.
 */
final class LoopGuard {

    private static final int FIELD_OCTETS = 2000;
    private static final int MOST_MARKS = 20;
    private static final SmtpReply LOOP = new SmtpReply(550, "5.4.6", "this gateway has sent this message to this recipient before; it is in a loop");

    /** Who had a copy. */
    @FunctionalInterface
    interface Copies {
        boolean wentToAll(UUID delivery, OutboxItem.Kind kind, List<EmailAddress> recipients);
    }

    private final TraceField traces;
    private final Copies copies;
    private final List<EmailAddress> recipients;
    private final ByteArrayOutputStream field = new ByteArrayOutputStream(FIELD_OCTETS);
    private final List<String> marks = new ArrayList<>();
    private String messageId = "";
    private int column;
    private boolean over;

    LoopGuard(TraceField traces, Copies copies, List<EmailAddress> recipients) {
        this.traces = traces;
        this.copies = copies;
        this.recipients = List.copyOf(recipients);
    }

    /** @throws RefusedException when it is in a loop */
    void feed(byte[] octets, int offset, int length) throws RefusedException {
        for (int i = offset; i < offset + length && !over; i++) {
            byte octet = octets[i];
            if (column == 0 && octet != ' ' && octet != '\t' && octet != '\r' && octet != '\n') {
                fieldEnds();
            }
            if (octet == '\n') {
                if (column == 0) {
                    headerEnds();
                }
                column = 0;
            } else if (octet != '\r') {
                column++;
                if (field.size() < FIELD_OCTETS) {
                    field.write(octet);
                }
            }
        }
    }

    /** The message is complete, perhaps without a body. */
    void end() throws RefusedException {
        if (!over) {
            headerEnds();
        }
    }

    private void fieldEnds() {
        var text = field.toString(StandardCharsets.UTF_8);
        field.reset();
        int colon = text.indexOf(':');
        switch (colon < 0 ? "" : text.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
            case "message-id" -> messageId = messageId.isEmpty() ? text.substring(colon + 1) : messageId;
            case "x-sekisho-trace" -> {
                if (marks.size() < MOST_MARKS) {
                    marks.add(text.substring(colon + 1));
                }
            }
            default -> { }
        }
    }

    private void headerEnds() throws RefusedException {
        fieldEnds();
        over = true;
        for (var mark : marks) {
            var trace = traces.read(mark, messageId);
            if (trace.isPresent() && copies.wentToAll(trace.get().delivery(), trace.get().kind(), recipients)) {
                Log.warnf("delivery %s comes back to its recipients and is refused: the next hop sends mail to where it came from", trace.get().delivery());
                throw new RefusedException(LOOP);
            }
        }
    }
}
