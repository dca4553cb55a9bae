package sekisho.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Who counts as one opener, and who as two. */
class KeyHostTest {

    private static final Path FILE = Path.of("/etc/sekisho/keys/files.private");

    @Test
    void oneFileOnOneHostIsOneOpener() {
        assertThat(KeyHost.here().opener(FILE)).isEqualTo(KeyHost.here().opener(FILE));
        assertThat(KeyHost.here().opener(FILE)).isEqualTo(KeyHost.here().opener(FILE.resolveSibling("../keys/files.private")));
    }

    @Test
    void anotherFileOrHostIsAnotherOne() {
        var opener = new KeyHost("web1", "4e1f").opener(FILE);
        assertThat(new KeyHost("web1", "4e1f").opener(FILE.resolveSibling("copy.private"))).isNotEqualTo(opener);
        assertThat(new KeyHost("web2", "4e1f").opener(FILE)).as("a machine that was cloned").isNotEqualTo(opener);
        assertThat(new KeyHost("web1", "77aa").opener(FILE)).as("of the same name").isNotEqualTo(opener);
    }

    @Test
    void itsNameIsVisible() {
        assertThat(KeyHost.here().name()).isNotEqualTo("?").matches("[!-~]{1,255}");
        assertThat(new KeyHost("", "").name()).isEqualTo("?");
        assertThat(new KeyHost("w\n\u001b[1m.東京", "").name()).isEqualTo("w??[1m.??");
        assertThat(new KeyHost("w".repeat(300), "").name()).hasSize(255);
    }
}
