package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.delivery.Unfit;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.mailhook.smtp.Submitter;

class RefusedRepliesTest {

    @ParameterizedTest
    @CsvSource({"5.3.4,TOO_LARGE", "5.4.6,LOOP", "5.6.0,MALFORMED", "5.6.3,CONVERSION", "5.6.11,LINE_ENDS", "5.7.1,FORBIDDEN"})
    void aReplyTellsItsReason(String enhanced, Unfit reason) {
        assertThat(RefusedReplies.reason(new SmtpReply(550, enhanced, "x"))).isEqualTo(reason);
    }

    @Test
    void aNulIsAReasonOfItsOwnAndSaysWhatToDo() {
        assertThat(RefusedReplies.reason(SmtpReply.NUL)).isEqualTo(Unfit.NUL);
        assertThat(SmtpReply.NUL.oneLine()).startsWith("550 5.6.11 NUL in the message").contains("send it as an attachment");
        assertThat(SmtpReply.NUL.lines()).allSatisfy(line -> assertThat(line).matches("[ -~]{1,400}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ceo@example.co.jp", "Team: hanako@example.co.jp;", ""})
    void anAuthorWhoDidNotSignInIsAReasonOfItsOwnAndSaysWhatToDo(String from) {
        var hanako = new Submitter("account", Set.of("hanako@example.co.jp"), Set.of(), Instant.MAX);
        var refused = catchThrowableOfType(RefusedException.class,
            () -> AuthorFields.requireOwn(name -> name.equals("from") ? List.of(from) : List.of(), hanako));
        assertThat(RefusedReplies.reason(refused.reply())).isEqualTo(Unfit.AUTHOR);
        assertThat(refused.reply().enhanced()).isEqualTo("5.7.1");
        assertThat(refused.reply().oneLine()).contains("Choose an address of your own");
        assertThat(refused.reply().lines()).allSatisfy(line -> assertThat(line).matches("[ -~]{1,400}"));
    }
}
