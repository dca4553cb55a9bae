package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.mime.SplitMessage;

/** Pitfall 56: what a machine sends is known, so that nobody answers it. */
class AutomaticMailTest {

    private static boolean isAutomatic(String field) {
        return GatewayIntake.isAutomatic(SplitMessage.of("Subject: x\r\n" + field + "\r\n\r\nI am away.\r\n").layout().facts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Auto-Submitted: auto-replied (vacation)", "Auto-Submitted: auto-generated", "auto-submitted: auto-notified; owner-email=\"a@b\"",
        "Precedence: bulk", "Precedence: LIST", "Precedence: junk", "List-Id: <l.example>", "List-Unsubscribe: <https://l.example/u>"})
    void vacationNoticesListsAndReportsAreAutomatic(String field) {
        assertThat(isAutomatic(field)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Auto-Submitted: no", "Auto-Submitted: No (a person wrote it)", "Precedence: first-class", "X-Mailer: x"})
    void whatAPersonWroteIsNot(String field) {
        assertThat(isAutomatic(field)).isFalse();
    }
}
