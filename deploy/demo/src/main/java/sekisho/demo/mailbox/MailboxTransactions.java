package sekisho.demo.mailbox;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import sekisho.mailhook.smtp.Client;
import sekisho.mailhook.smtp.Envelope;
import sekisho.mailhook.smtp.MailParameters;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.smtp.Transactions;

/** Takes everything but what it is told to refuse. */
final class MailboxTransactions implements Transactions {
    private final MailFolder folder;
    private final Function<Mailbox, Optional<SmtpReply>> refusals;

    MailboxTransactions(MailFolder folder, Function<Mailbox, Optional<SmtpReply>> refusals) {
        this.folder = folder;
        this.refusals = refusals;
    }

    @Override
    public SmtpReply mail(Client client, ReversePath from, MailParameters parameters) {
        return new SmtpReply(250, "2.1.0", "OK");
    }

    @Override
    public SmtpReply rcpt(Client client, Envelope soFar, Recipient to) {
        return refusals.apply(to.mailbox()).orElseGet(() -> new SmtpReply(250, "2.1.5", "OK"));
    }

    @Override
    public MessageIntake begin(Client client, Envelope envelope) throws IOException {
        MailFolder.Arrival arrival = folder.begin();
        return new MessageIntake() {
            @Override
            public void feed(byte[] buffer, int offset, int length) throws IOException {
                arrival.out().write(buffer, offset, length);
            }

            @Override
            public SmtpReply finish(Acceptance acceptance) throws IOException {
                acceptance.begin();
                StoredMessage stored = arrival.finish(envelope.from().toString(), envelope.recipients().stream().map(Recipient::toString).toList());
                return new SmtpReply(250, "2.6.0", "message " + stored.id());
            }

            @Override
            public void close() {
                arrival.close();
            }
        };
    }
}
