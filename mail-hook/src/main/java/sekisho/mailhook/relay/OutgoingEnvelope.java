package sekisho.mailhook.relay;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.smtp.MailParameters;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.ReversePath;

/**
 * What goes to the next hop before the text.
 *
 * @param eightBit    the text has octets above 127, so the next hop must offer 8BITMIME
 * @param utf8Header  a header field is outside ASCII, so the next hop must offer SMTPUTF8
 * @param sizeOctets  about how large the text is, or −1
 * @param envidOrNull as xtext
 */
public record OutgoingEnvelope(ReversePath from, List<Recipient> recipients, boolean eightBit, boolean utf8Header, long sizeOctets,
                               MailParameters.@Nullable Ret retOrNull, @Nullable String envidOrNull) {
    public OutgoingEnvelope {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("an envelope has a recipient");
        }
    }

    /** Whether an address or a header field is outside ASCII: a client says SMTPUTF8 then, and else not (RFC 6531 §3.2). */
    public boolean smtpUtf8() {
        return utf8Header || from.mailbox().stream().anyMatch(mailbox -> !mailbox.isAscii())
                || recipients.stream().anyMatch(recipient -> !recipient.mailbox().isAscii());
    }

    /** For a message of ASCII alone and without DSN wishes. */
    public OutgoingEnvelope(ReversePath from, List<Recipient> recipients) {
        this(from, recipients, false, false, -1, null, null);
    }

    /** The same to other recipients. */
    OutgoingEnvelope to(List<Recipient> others) {
        return new OutgoingEnvelope(from, others, eightBit, utf8Header, sizeOctets, retOrNull, envidOrNull);
    }

    public Optional<MailParameters.Ret> ret() {
        return Optional.ofNullable(retOrNull);
    }

    public Optional<String> envid() {
        return Optional.ofNullable(envidOrNull);
    }
}
