package sekisho.mailhook.outgoing;

import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import sekisho.gateway.delivery.InMail;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Likeness;
import sekisho.gateway.policy.Policy;
import sekisho.mailhook.mime.AttachmentFact;

/** The words of the notice that tells a sender of a hold, in Japanese and English. */
final class NoticeText {

    private static final DateTimeFormatter JAPANESE = DateTimeFormatter.ofPattern("M月d日(E) HH:mm:ss", Locale.JAPANESE);
    private static final DateTimeFormatter ENGLISH = DateTimeFormatter.ofPattern("EEEE d MMMM, HH:mm:ss z", Locale.ENGLISH);
    private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private NoticeText() {
    }

    static String holdSubject(OutboxItem item) {
        return "[送信保留 / Held] " + line(item.subject());
    }

    /**
     * What the spool calls what the rows only count.
     *
     * @param files  in order; of another number when they aren't known
     * @param inMail what leaves in the mail itself, likewise
     */
    record Names(List<String> files, List<AttachmentFact> inMail) {
        static final Names UNKNOWN = new Names(List.of(), List.of());
    }

    /**
     * @param policy tells which recipient's domain looks like another one
     * @param page  where the sender can stop or release it; opening it changes nothing
     */
    static String hold(OutboxItem item, Policy policy, Names names, URI page, ZoneId zone) {
        var list = new StringBuilder();
        for (var held : item.held()) {
            list.append("  ").append(held.outside() ? "[社外 / outside] " : "[社内 / inside] ").append(line(held.address()))
                .append(held.untilScanned() ? " (ウイルス検査待ち / waits for the malware scan)" : " (" + SHORT.format(held.releaseAt().atZone(zone)) + ")").append("\r\n");
            EmailAddress.parse(held.address()).flatMap(policy::likeness).ifPresent(like -> list.append("    ").append(warning(like)).append("\r\n"));
        }
        var files = new StringBuilder();
        boolean named = names.files().size() == item.files().size();
        for (int i = 0; i < item.files().size(); i++) {
            files.append("  ").append(named ? line(names.files().get(i)) : Integer.toString(i + 1)).append(" (").append(size(item.files().get(i).sizeOctets()))
                .append(")\r\n");
        }
        return lead(item.held(), zone)
            + page + "\r\n\r\n"
            + (list.isEmpty() ? "" : "宛先 / Recipients:\r\n" + list)
            + (files.isEmpty() ? "" : "\r\nファイル / Files:\r\n" + files)
            + inMail(item.inMail(), names.inMail());
    }

    /** @param named all of them; of another number when they aren't known */
    private static String inMail(InMail inMail, List<AttachmentFact> named) {
        if (!inMail.any()) {
            return "";
        }
        boolean known = !named.isEmpty() && (named.size() == inMail.attachments() || !inMail.counted());
        var list = new StringBuilder("\r\nメールに添付のまま送るファイル / Attachments in the mail itself");
        if (inMail.counted()) {
            list.append(" (").append(inMail.attachments()).append(", ").append(size(inMail.octets())).append(')');
        }
        list.append(known ? ":\r\n" : inMail.counted() ? "\r\n" : ": 個数は確認できません / how many, if any, can't be told\r\n");
        if (known) {
            named.forEach(each -> list.append("  ").append(line(each.name())).append(" (").append(size(each.octets())).append(")\r\n"));
        }
        return list.toString();
    }

    private static String warning(Likeness like) {
        return like.domain().map(domain -> "注意: %1$s に似た別のドメインです / Note: this is not %1$s, though it looks like it".formatted(line(domain)))
            .orElse("注意: 複数の文字体系が混ざったドメインです / Note: the domain mixes letters of several scripts");
    }

    /** Says nothing of recipients who have their copy already; and the notice itself may be late. */
    private static String lead(List<OutboxItem.HeldLine> held, ZoneId zone) {
        if (held.isEmpty()) {
            return "このメールは送信を保留していましたが、すでに送信されたか、取り消されました。今の状態は下のページで確認できます。\r\n\r\n"
                + "This message was held. By now it has been sent or cancelled; the page below says which.\r\n\r\n";
        }
        var first = held.stream().filter(each -> !each.untilScanned()).map(OutboxItem.HeldLine::releaseAt).min(Instant::compareTo).map(at -> at.atZone(zone));
        return "下の宛先にはまだ送信されていません。" + first.map(at -> "最初の送信は %s です。".formatted(JAPANESE.format(at))).orElse("ウイルス検査が済んでから送信されます。") + "\r\n"
            + "宛先を確認し、誤りがあれば下のページで取り消してください。\r\n\r\n"
            + "The recipients below have not been sent this message yet. "
            + first.map(at -> "The first copy leaves on %s.".formatted(ENGLISH.format(at))).orElse("It is sent when the malware scan is done.") + "\r\n"
            + "Check them; if one is wrong, cancel on the page below.\r\n\r\n";
    }

    static String unconfirmedSubject(OutboxItem item) {
        return "[送信確認なし / Unconfirmed] " + line(item.subject());
    }

    /**
     * @param recipient whose copy it is about
     * @param reply     what was heard last, or why nothing was
     */
    static String unconfirmed(OutboxItem item, String recipient, String reply) {
        return "次の宛先へのメールを最後まで送りましたが、受け取ったという返事を次のサーバーから得られませんでした。\r\n"
            + "届いている可能性が高いものの、二重に届いたか、届いていないこともあります。自動でのやり直しはもう行いません。\r\n"
            + "もう一度送る前に、届いているかどうかを宛先の方にお確かめください。\r\n\r\n"
            + "This message was sent whole, and the next server never said that it had it. It has probably arrived, perhaps twice,\r\n"
            + "perhaps not at all. It will not be sent again by itself. Ask the recipient before you send it again.\r\n\r\n"
            + "  <" + line(recipient) + ">\r\n  " + line(item.subject()) + "\r\n"
            + "  最後の応答 / Last reply: " + line(reply) + "\r\n";
    }

    private static String size(long octets) {
        return octets < 1024 ? octets + " B" : octets < 1 << 20 ? (octets + 512) / 1024 + " KiB"
            : String.format(Locale.ROOT, "%.1f MiB", octets / 1048576.0);
    }

    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
