package sekisho.mailhook.smtp;

import java.util.List;

/** Reverse-path, parameters and the recipients accepted so far, in the order given and each mailbox once (RFC 5321 §2.3.1), however it is spelled. */
public record Envelope(ReversePath from, MailParameters parameters, List<Recipient> recipients) {
    public Envelope {
        recipients = List.copyOf(recipients);
    }
}
