package sekisho.demo.mailbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.SmtpListener;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.smtp.SmtpSettings;

/** SMTP in, web page and JSON out. What has arrived stays in the folder when the mailbox is closed and is there again when it is opened. */
public final class DemoMailbox implements AutoCloseable {
    /** What is said to RCPT by default: 450 for {@code tempfail@}, 550 for {@code reject@}, whatever the domain. */
    public static final Function<Mailbox, Optional<SmtpReply>> REFUSALS = recipient -> switch (recipient.localPart()) {
        case "tempfail" -> Optional.of(new SmtpReply(450, "4.2.0", "mailbox busy, as you wished"));
        case "reject" -> Optional.of(new SmtpReply(550, "5.1.1", "no such mailbox, as you wished"));
        default -> Optional.empty();
    };

    private final MailFolder folder;
    private final SmtpListener listener;
    private final MailboxPages pages;

    /**
     * Opens both ports.
     *
     * @param smtpPort 0 takes a free one
     * @param httpPort likewise
     * @param folder   is made when it isn't there
     * @throws IOException when a port or the folder can't be used; says which
     */
    public DemoMailbox(int smtpPort, int httpPort, Path folder) throws IOException {
        this(smtpPort, httpPort, folder, REFUSALS);
    }

    /** @param refusals asked at each RCPT, from many threads: the reply to give instead of 250 */
    public DemoMailbox(int smtpPort, int httpPort, Path folder, Function<Mailbox, Optional<SmtpReply>> refusals) throws IOException {
        this.folder = new MailFolder(folder);
        var settings = SmtpSettings.loopback(smtpPort).withHostName("mailbox.localhost").withGreetingPause(Duration.ZERO);
        this.listener = SmtpListener.start(settings, new MailboxTransactions(this.folder, refusals));
        try {
            this.pages = new MailboxPages(httpPort, this.folder);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            System.err.println("usage: DemoMailbox SMTP-PORT HTTP-PORT FOLDER");
            System.exit(2);
        }
        var mailbox = new DemoMailbox(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Path.of(arguments[2]));
        Runtime.getRuntime().addShutdownHook(new Thread(mailbox::close));
        System.out.println("mailbox: smtp 127.0.0.1:" + mailbox.smtpPort() + ", page http://localhost:" + mailbox.httpPort() + "/");
    }

    public int smtpPort() {
        return listener.port();
    }

    public int httpPort() {
        return pages.port();
    }

    /** What has arrived, oldest first. */
    public List<StoredMessage> messages() {
        return folder.messages();
    }

    /**
     * Waits until the messages that fit are so many.
     *
     * @return all that fit, oldest first; fewer than {@code count} when the time is over
     */
    public List<StoredMessage> await(int count, Predicate<StoredMessage> fits, Duration atMost) throws InterruptedException {
        return folder.await(count, fits, atMost);
    }

    /** The octets of a message as they came over SMTP. */
    public byte[] octets(StoredMessage message) throws IOException {
        return folder.octets(message);
    }

    public void clear() {
        folder.clear();
    }

    /** Closes both ports; a message in the middle of its text is not kept. */
    @Override
    public void close() {
        listener.close();
        pages.close();
    }
}
