package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.policy.Objection;
import sekisho.mailhook.smtp.SmtpReply;

class ObjectionsTest {

    private final Objections objections = new Objections("https://files.example.co.jp");

    @ParameterizedTest
    @EnumSource(Objection.class)
    void everyObjectionIsPermanentAndFitsIntoAReply(Objection objection) {
        var reply = objections.reply(new Intake.Refused("規則 of\r\nmine", objection, objection == Objection.INFECTED ? "Eicar\r\n250 ok" : ""));
        assertThat(reply.code()).isEqualTo(550);
        assertThat(reply.enhanced()).isEqualTo("5.7.1");
        assertThat(reply.lines()).allSatisfy(line -> assertThat(line).matches("[ -~]{1,400}"));
    }

    @ParameterizedTest
    @EnumSource(value = Objection.class, names = {"PASSWORD_PROTECTED", "UNKNOWN_PROTECTION"})
    void whoSentAPasswordProtectedFileReadsWhatToDoAndWhereItStandsInJapanese(Objection objection) {
        var reply = objections.reply(new Intake.Refused("partners", objection, ""));
        assertThat(reply.oneLine()).contains("encrypted and linked automatically");
        assertThat(reply.lines().getLast()).isEqualTo("In Japanese and English: https://files.example.co.jp/help/password-protected");
    }

    @Test
    void whatTheScannerHasNotReadYetMayComeAgain() {
        var reply = objections.reply(new Intake.Deferred("規則 of\r\nmine"));
        assertThat(reply.code()).isEqualTo(451);
        assertThat(reply.lines()).singleElement().asString().matches("[ -~]{1,400}").contains("try again later");
    }

    @Test
    void malwareIsNamed() {
        assertThat(objections.reply(new Intake.Refused("built-in", Objection.INFECTED, "Win.Test.EICAR_HDB-1")).oneLine())
            .startsWith("550 5.7.1 malware found in an attachment: Win.Test.EICAR_HDB-1 nothing was sent; tell your IT department ")
            .endsWith("https://files.example.co.jp/help/returned");
    }

    @Test
    void onlyWhatIsFinalIsExplained() {
        var later = new SmtpReply(451, "4.3.0", "try again later");
        assertThat(objections.explained(later)).isEqualTo(later);
        assertThat(objections.explained(SmtpReply.NUL).lines()).startsWith(SmtpReply.NUL.lines().toArray(String[]::new))
            .endsWith("In Japanese and English: https://files.example.co.jp/help/returned");
    }
}
