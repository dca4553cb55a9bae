package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignedInTest {

    @Test void groupsAreAListOfTextsAndNothingElse() {
        assertThat(SignedIn.groups(List.of("/sales", "/managers"))).containsExactlyInAnyOrder("/sales", "/managers");
        assertThat(SignedIn.groups(Arrays.asList("/sales", 7, null))).containsExactly("/sales");
        assertThat(SignedIn.groups("/managers")).isEmpty();
        assertThat(SignedIn.groups(null)).isEmpty();
    }
}
