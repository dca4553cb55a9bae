package sekisho.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordTextTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "パスワード：abc12345", "先ほどお送りしたファイルのパスワードをお知らせします。\n\n　　Xk7#pq29\n\n以上", "ﾊﾟｽﾜｰﾄﾞは Ab3dEfgh です", "ＰＷ：２０２６１１２５",
        "解凍パス: sekisho2026", "The password is \"Tr0ub4dor&3\".", "PW: 4821", "Passcode: k3mN8x", "<p>パスワード</p><p><b>Xk7#pq29</b></p>",
        "展開キー\nqW3rty!", "password:hunter2x", "pass word = zip-2026!"})
    void aTextThatTellsAPasswordIsKnown(String text) {
        assertThat(PasswordText.tellsOne(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "パスワードは別途お電話でお伝えします。", "The password will be sent separately.", "Please reset your password at https://example.co.jp/reset?id=a1B2c3",
        "abc12345", "Compass 2026 release", "パスワードは担当の taro.2@partner.example までお問い合わせください。", "パスワードを 2026/11/25 までに変更してください",
        "Password Policy for Employees", "We passed version1.2.3 to QA."})
    void aTextThatTellsNoneIsLeftAlone(String text) {
        assertThat(PasswordText.tellsOne(text)).isFalse();
    }

    @Test
    void aTextMadeToBeSlowIsRead() {
        assertThat(PasswordText.tellsOne("password ".repeat(100_000))).isFalse();
        assertThat(PasswordText.tellsOne("<".repeat(1_000_000))).isFalse();
        assertThat(PasswordText.tellsOne(("pw " + "a@".repeat(30) + " ").repeat(10_000))).isTrue();
    }
}
