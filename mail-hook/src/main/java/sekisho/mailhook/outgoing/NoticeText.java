package sekisho.mailhook.outgoing;

import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import sekisho.gateway.outbox.OutboxItem;

/** The words of the notice that tells a sender of a hold, in Japanese and English. */
final class NoticeText {

    private static final DateTimeFormatter JAPANESE = DateTimeFormatter.ofPattern("M月d日(E) HH:mm:ss", Locale.JAPANESE);
    private static final DateTimeFormatter ENGLISH = DateTimeFormatter.ofPattern("EEEE d MMMM, HH:mm:ss z", Locale.ENGLISH);

    private NoticeText() {
    }

    static String holdSubject(OutboxItem item) {
        return "[送信保留 / Held] " + line(item.subject());
    }

    /**
     * @param names of all files, in order; of another number when they aren't known
     * @param page  where the sender can stop or release it; opening it changes nothing
     */
    static String hold(OutboxItem item, List<String> names, URI page, ZoneId zone) {
        var until = item.held().stream().map(OutboxItem.HeldLine::releaseAt).max(Instant::compareTo).orElse(item.acceptedAt()).atZone(zone);
        var list = new StringBuilder();
        for (var held : item.held()) {
            list.append("  ").append(held.outside() ? "[社外 / outside] " : "[社内 / inside] ").append(line(held.address()))
                .append(held.untilScanned() ? " (ウイルス検査待ち / waits for the malware scan)" : "").append("\r\n");
        }
        var files = new StringBuilder();
        boolean named = names.size() == item.files().size();
        for (int i = 0; i < item.files().size(); i++) {
            files.append("  ").append(named ? line(names.get(i)) : Integer.toString(i + 1)).append(" (").append(size(item.files().get(i).sizeOctets()))
                .append(")\r\n");
        }
        return "このメールはまだ送信されていません。%s に送信されます。\r\n".formatted(JAPANESE.format(until))
            + "宛先を確認し、誤りがあれば下のページで取り消してください。\r\n\r\n"
            + "This message has not been sent yet. It will be sent on %s.\r\n".formatted(ENGLISH.format(until))
            + "Check the recipients; if one is wrong, cancel on the page below.\r\n\r\n"
            + page + "\r\n\r\n"
            + "宛先 / Recipients:\r\n" + list
            + (files.isEmpty() ? "" : "\r\nファイル / Files:\r\n" + files);
    }

    static String unconfirmedSubject(OutboxItem item) {
        return "[送信確認なし / Unconfirmed] " + line(item.subject());
    }

    /** @param recipient whose copy it is about */
    static String unconfirmed(OutboxItem item, String recipient) {
        return "次の宛先へのメールを最後まで 2 回送りましたが、次のサーバーから受け取りの返事がありませんでした。\r\n"
            + "届いている可能性が高いものの、二重に届いたか、届いていないこともあります。自動でのやり直しはもう行いません。\r\n"
            + "もう一度送る前に、届いているかどうかを宛先の方にお確かめください。\r\n\r\n"
            + "This message was sent whole, twice, and the next server never answered. It has probably arrived, perhaps twice,\r\n"
            + "perhaps not at all. It will not be sent again by itself. Ask the recipient before you send it again.\r\n\r\n"
            + "  <" + line(recipient) + ">\r\n  " + line(item.subject()) + "\r\n";
    }

    private static String size(long octets) {
        return octets < 1024 ? octets + " B" : octets < 1 << 20 ? (octets + 512) / 1024 + " KiB"
            : String.format(Locale.ROOT, "%.1f MiB", octets / 1048576.0);
    }

    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
