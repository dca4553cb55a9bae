package sekisho.mailhook.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Accepts messages into memory. Addresses say what goes wrong: {@code tempfail@}, {@code reject@} at MAIL and RCPT, and as the first recipient
 * {@code full@} at begin, {@code spoiled@} in the middle of the text, {@code broken@} with an exception there, {@code late@} at the end;
 * {@code slow@} is stored only when {@link #mayStore} lets it, {@code accepting@} accepted only then.
 */
public class InMemoryTransactions implements Transactions {
    public record Accepted(Client client, Envelope envelope, byte[] octets, boolean converted) {
        public String text() {
            return new String(octets, StandardCharsets.ISO_8859_1);
        }
    }

    public final List<Accepted> accepted = new CopyOnWriteArrayList<>();
    /** What was told of the refusal of messages. */
    final List<SmtpReply> refused = new CopyOnWriteArrayList<>();
    final CountDownLatch storing = new CountDownLatch(1);
    final CountDownLatch mayStore = new CountDownLatch(1);
    final AtomicInteger finishing = new AtomicInteger();
    final AtomicInteger begun = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();

    @Override
    public SmtpReply mail(Client client, ReversePath from, MailParameters parameters) {
        return answerTo(from.mailbox().map(Mailbox::localPart).orElse(""));
    }

    @Override
    public void refused(SmtpReply reply) {
        refused.add(reply);
    }

    @Override
    public SmtpReply rcpt(Client client, Envelope soFar, Recipient to) {
        return answerTo(to.mailbox().localPart());
    }

    private static SmtpReply answerTo(String localPart) {
        return switch (localPart) {
            case "tempfail" -> new SmtpReply(450, "4.2.0", "later");
            case "reject" -> new SmtpReply(550, "5.1.1", "never");
            case "crash" -> throw new IllegalStateException("crash was asked for");
            default -> new SmtpReply(250, "2.1.0", "OK");
        };
    }

    @Override
    public MessageIntake begin(Client client, Envelope envelope) throws IOException {
        String wish = envelope.recipients().getFirst().mailbox().localPart();
        if (wish.equals("full")) {
            throw new RefusedException(new SmtpReply(452, "4.3.1", "disk full"));
        }
        begun.incrementAndGet();
        return new MessageIntake() {
            private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
            private boolean converted;

            @Override
            public void feed(byte[] buffer, int offset, int length) throws IOException {
                switch (wish) {
                    case "spoiled" -> throw new RefusedException(new SmtpReply(554, "5.7.1", "spoiled"));
                    case "broken" -> throw new IOException("broken was asked for");
                    default -> octets.write(buffer, offset, length);
                }
            }

            @Override
            public void converted() {
                converted = true;
            }

            @Override
            public SmtpReply finish(Acceptance acceptance) throws IOException {
                if (wish.equals("late")) {
                    throw new IOException("late was asked for");
                }
                finishing.incrementAndGet();
                if (wish.equals("slow")) {
                    storing.countDown();
                    awaitPermission();
                }
                acceptance.begin();
                if (wish.equals("accepting")) {
                    storing.countDown();
                    awaitPermission();
                }
                accepted.add(new Accepted(client, envelope, octets.toByteArray(), converted));
                return new SmtpReply(250, "2.6.0", "accepted");
            }

            private void awaitPermission() {
                try {
                    mayStore.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public SmtpReply refused(SmtpReply reply) {
                refused.add(reply);
                return reply;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }
}
