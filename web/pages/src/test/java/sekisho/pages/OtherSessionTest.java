package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OtherSessionTest {

    @Test
    void onlyTheOtherSessionIsHidden() {
        assertThat(OtherSession.without(List.of("q_session=a.b==; sekisho_language=ja;q_session_chunk_1=c", "q_session_admin=d; q_session_admin_chunk_1=e", "q_sessions=f")))
            .isEqualTo("sekisho_language=ja; q_session_admin=d; q_session_admin_chunk_1=e; q_sessions=f");
    }

    @Test
    void nothingIsLeftOfItAlone() {
        assertThat(OtherSession.without(List.of("q_session=a; q_session_chunk_1=b", ""))).isEmpty();
        assertThat(OtherSession.without(List.of())).isEmpty();
    }
}
