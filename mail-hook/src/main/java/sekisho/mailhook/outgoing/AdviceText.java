package sekisho.mailhook.outgoing;

import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Settlement;

/** The words of what a sender is told about files and passwords, in Japanese and English. */
final class AdviceText {

    private AdviceText() {
    }

    static String withdrawnSubject(OutboxItem item) {
        return "[ファイル停止 / File withdrawn] " + line(item.subject());
    }

    /** @param reply ends with the malware's name, unless the delivery was shredded meanwhile */
    static String withdrawn(OutboxItem item, Settlement.Reply reply) {
        var find = reply.isErased() ? "" : " (" + line(reply.text().substring(reply.text().lastIndexOf(' ') + 1)) + ")";
        return "送信済みのメールの添付ファイルから、後の検査でウイルスが見つかりました%s。\r\n".formatted(find)
            + "そのファイルはもう誰も開けません。お使いのパソコンを確認し、情報システム担当にご連絡ください。\r\n\r\n"
            + "Malware was found later in a file of a message that had been sent%s.\r\n".formatted(find)
            + "Nobody can open that file any more. Check your computer and tell your IT department.\r\n\r\n"
            + "  " + line(item.subject()) + "\r\n";
    }

    static String passwordSubject(OutboxItem item) {
        return "[パスワード不要 / No password needed] " + line(item.subject());
    }

    static String password(OutboxItem item, String pages) {
        return "このメールは、直前に送ったファイルのパスワードを知らせるもののようです。\r\n"
            + "関所では添付ファイルは自動で暗号化され、宛先のご本人だけが開けます。パスワードを付ける必要も、別のメールで知らせる必要もありません。\r\n\r\n"
            + "This message looks like the password of files that you sent shortly before. Attachments are encrypted by themselves and only\r\n"
            + "their recipients can open them: there is no need for a password, nor for a second mail.\r\n\r\n"
            + pages + "/help/password-protected\r\n"
            + pages + "/sent/" + item.delivery() + "\r\n";
    }

    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
