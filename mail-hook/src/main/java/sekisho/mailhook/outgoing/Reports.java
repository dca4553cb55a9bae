package sekisho.mailhook.outgoing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Report;
import sekisho.mailhook.relay.DsnMessage;
import sekisho.mailhook.relay.NoticeMessage;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.SmtpReply;

/** Tells a sender what became of recipients' copies. Dates are those of the event and not of the attempt, so that doubles look alike. */
final class Reports {

    private static final Pattern REPLY = Pattern.compile("([245][0-9][0-9])(?: ([245]\\.[0-9]{1,3}\\.[0-9]{1,3}))?(?: (.*))?");

    private final String hostName;
    private final String pages;

    /** @param pages beginning of the web pages' addresses */
    Reports(String hostName, String pages) {
        this.hostName = hostName;
        this.pages = pages;
    }

    /** @param header the header block of the message, as far as it is known */
    Outgoing message(OutboxItem item, byte[] header) {
        var report = Objects.requireNonNull(item.report(), "a DSN has a report");
        return switch (report.action()) {
            case FAILED -> dsn(item, DsnMessage.Action.FAILED, header);
            case DELAYED -> dsn(item, DsnMessage.Action.DELAYED, header);
            case RELAYED -> dsn(item, DsnMessage.Action.RELAYED, header);
            case UNCONFIRMED -> told(item, NoticeText.unconfirmedSubject(item),
                NoticeText.unconfirmed(item, about(item.rows().getFirst()).toString(), report.reply().text()));
            case WITHDRAWN -> told(item, AdviceText.withdrawnSubject(item), AdviceText.withdrawn(item, report.reply()));
            case PASSWORD -> told(item, AdviceText.passwordSubject(item), AdviceText.password(item, pages));
        };
    }

    private Outgoing dsn(OutboxItem item, DsnMessage.Action action, byte[] header) {
        var dsn = new DsnMessage(hostName, Mailbox.of(item.rows().getFirst().address()), item.envid(), item.acceptedAt(), item.createdAt(),
            item.rows().stream().map(row -> outcome(row, action)).toList(), header, id(item.rows()));
        var octets = dsn.toOctets();
        return new Outgoing(dsn.envelope(), out -> out.write(octets), null);
    }

    private static DsnMessage.Outcome outcome(OutboxItem.Row row, DsnMessage.Action action) {
        var report = Objects.requireNonNull(row.report(), "each row of a DSN has a report");
        return new DsnMessage.Outcome(new Recipient(about(row), Set.of(), row.dsnOrcpt()), action, reply(report, action), report.reply().remote(),
            report.reply().saidByRemote(), report.giveUpAt());
    }

    /** One for the same recipients alone: a server that has seen it may throw away what bears it again, and others may have joined them meanwhile. */
    private static String id(List<OutboxItem.Row> rows) {
        return rows.size() == 1 ? rows.getFirst().id().toString() : UUID.nameUUIDFromBytes(rows.stream().map(row -> row.id().toString()).sorted()
            .collect(Collectors.joining(" ")).getBytes(StandardCharsets.US_ASCII)).toString();
    }

    /**
     * In words of our own: RFC 3464 has no action for it. Of what was never answered "failed" and "relayed" would both be guesses, and
     * "delayed" would promise another attempt.
     */
    private Outgoing told(OutboxItem item, String subject, String text) {
        var row = item.rows().getFirst();
        var to = Mailbox.of(row.address());
        var message = new NoticeMessage("Mail Delivery System", new Mailbox("MAILER-DAEMON", hostName), to, subject, text,
            true, row.id() + "@" + hostName, item.createdAt());
        return OutgoingMessages.toSender(to, message);
    }

    private static Mailbox about(OutboxItem.Row row) {
        return Mailbox.of(Objects.requireNonNull(row.about(), "a DSN is about a recipient"));
    }

    /** The reply as the relay wrote it down: {@code 550 5.1.1 text}. */
    private static SmtpReply reply(Report report, DsnMessage.Action action) {
        var parts = REPLY.matcher(report.reply().text());
        int code = parts.matches() ? Integer.parseInt(parts.group(1)) : switch (action) {
            case FAILED -> 550;
            case DELAYED -> 451;
            case RELAYED -> 250;
        };
        var given = parts.matches() && parts.group(2) != null ? parts.group(2) : report.status();
        boolean fits = given.charAt(0) == Character.forDigit(code / 100, 10);
        var text = parts.matches() ? Objects.requireNonNullElse(parts.group(3), "") : report.reply().text();
        return new SmtpReply(code, fits ? given : "", text);
    }
}
