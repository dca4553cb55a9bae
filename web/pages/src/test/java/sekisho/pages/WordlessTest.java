package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class WordlessTest {

    @Test void classesAndPlacesStayAndMessagesGo() {
        var said = said(new IllegalStateException("taro@partner.example", new SQLException("key (address)=(taro@partner.example) exists", "23505")));
        assertThat(said).contains("java.lang.IllegalStateException\n", "Caused by: java.sql.SQLException 23505\n", "WordlessTest.java:").doesNotContain("taro");
    }

    @Test void causesThatGoRoundInCirclesEnd() {
        var one = new IllegalStateException("one");
        var two = new IllegalStateException("two", one);
        one.initCause(two);
        assertThat(said(one)).contains("Caused by: java.lang.IllegalStateException\n");
    }

    private static String said(Throwable problem) {
        var written = new StringWriter();
        Wordless.of(problem).printStackTrace(new PrintWriter(written, true));
        return written.toString();
    }
}
