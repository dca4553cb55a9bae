package sekisho.mailhook.relay;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import sekisho.mailhook.relay.DsnMessage.Action;
import sekisho.mailhook.relay.DsnMessage.Outcome;

/** What a report says to a person, first in Japanese, then in English: what happened, to which address, and what to do. */
final class DsnText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private DsnText() {}

    static String subject(List<Outcome> outcomes) {
        return switch (gravest(outcomes)) {
            case FAILED -> "メールを配達できませんでした (Undelivered mail)";
            case DELAYED -> "メールの配達が遅れています (Delayed mail)";
            case RELAYED -> "メールを次のサーバーに渡しました (Relayed mail)";
        };
    }

    private static Action gravest(List<Outcome> outcomes) {
        return outcomes.stream().map(Outcome::action).min(Action::compareTo).orElse(Action.FAILED);
    }

    static String forPeople(DsnMessage report) {
        StringBuilder text = new StringBuilder();
        for (Action action : Action.values()) {
            List<Outcome> outcomes = report.outcomes().stream().filter(outcome -> outcome.action() == action).toList();
            if (!outcomes.isEmpty()) {
                text.append(japanese(action)).append("\n\n").append(list(outcomes, "再送の期限が過ぎました。")).append('\n');
            }
        }
        text.append("受け付けた時刻: ").append(TIME.format(report.arrivedAt())).append("\nこのメールは ").append(report.reportingMta())
                .append(" が自動で送りました。返信は届きません。\n\n-- \n\n");
        for (Action action : Action.values()) {
            List<Outcome> outcomes = report.outcomes().stream().filter(outcome -> outcome.action() == action).toList();
            if (!outcomes.isEmpty()) {
                text.append(english(action)).append("\n\n").append(list(outcomes, "The time for trying again is over.")).append('\n');
            }
        }
        return text.append("Accepted at: ").append(TIME.format(report.arrivedAt())).append("\nThis message was sent automatically by ")
                .append(report.reportingMta()).append(". Replies are not read.\n").toString();
    }

    /** @param over said of what was only refused for the time being, as long as that was tried */
    private static String list(List<Outcome> outcomes, String over) {
        StringBuilder list = new StringBuilder();
        for (Outcome outcome : outcomes) {
            list.append("  <").append(outcome.recipient()).append(">\n    ").append(outcome.reply().oneLine());
            if (outcome.saidByRemote()) {
                list.append(" [").append(outcome.remote()).append(']');
            }
            if (outcome.action() == Action.FAILED && outcome.reply().isTemporary()) {
                list.append("\n    → ").append(over);
            }
            if (outcome.retryUntil() != null) {
                list.append("\n    → ").append(TIME.format(outcome.retryUntil()));
            }
            list.append('\n');
        }
        return list.toString();
    }

    private static String japanese(Action action) {
        return switch (action) {
            case FAILED -> "次の宛先にはメールを配達できませんでした。宛先を確かめて、もう一度お送りください。";
            case DELAYED -> "次の宛先への配達が遅れています。下に示す時刻まで自動でやり直します。何もする必要はありません。";
            case RELAYED -> "次の宛先へのメールを次のサーバーに渡しました。その先の配達状況は通知されません。";
        };
    }

    private static String english(Action action) {
        return switch (action) {
            case FAILED -> "The message could not be delivered to the addresses below. Please check them and send it again.";
            case DELAYED -> "Delivery to the addresses below is late. It is tried again until the time given; there is nothing you need to do.";
            case RELAYED -> "The message to the addresses below was passed to the next server, which does not report what becomes of it.";
        };
    }
}
