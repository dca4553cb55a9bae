package sekisho.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.gateway.people.EmailAddress;

/** Groups whose members stand in a file beside the policy. */
class PolicyListsTest {

    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("policy.yaml");
        Files.writeString(file, """
            inside: [example.co.jp]
            groups: { sales: sales.txt }
            rules:
              - { name: sales, when: { sender-group: sales }, then: { hold: none } }
            """);
    }

    private static String ruleFor(Policy policy, String sender) {
        return policy.decide(Judged.message(EmailAddress.parse(sender)), EmailAddress.parse("x@partner.example").orElseThrow()).rule();
    }

    @Test
    void membersStandOnLinesWithRemarks() throws IOException {
        Files.writeString(folder.resolve("sales.txt"), "\uFEFF# who sells\nHanako@Example.co.jp   # since May\r\n\n@sales.example.co.jp\n");
        var policy = PolicyFile.read(file);
        assertThat(ruleFor(policy, "hanako@example.co.jp")).isEqualTo("sales");
        assertThat(ruleFor(policy, "x@sales.example.co.jp")).isEqualTo("sales");
        assertThat(ruleFor(policy, "ichiro@example.co.jp")).isEqualTo("built-in");
    }

    @Test
    void aFaultInAListNamesTheListAndItsLine() throws IOException {
        Files.writeString(folder.resolve("sales.txt"), "hanako@example.co.jp\noutside\n");
        assertThatThrownBy(() -> PolicyFile.read(file)).isInstanceOf(PolicyFileException.class).hasMessageStartingWith("sales.txt:2: 'outside'");
    }

    @Test
    void aListThatIsMissingIsAFaultOfThePolicy() {
        assertThatThrownBy(() -> PolicyFile.read(file)).isInstanceOf(PolicyFileException.class).hasMessageContaining(":2: the list sales.txt can't be read");
    }

    /** As an editor in Japan may save them. */
    @Test
    void aFileThatIsNotUtf8IsRefusedWithItsLine() throws IOException {
        Files.writeString(folder.resolve("sales.txt"), "hanako@example.co.jp\n# 営業\n", Charset.forName("windows-31j"));
        assertThatThrownBy(() -> PolicyFile.read(file)).isInstanceOf(PolicyFileException.class).hasMessage("sales.txt:2: not UTF-8 from here on; save the file as UTF-8");
        var policy = Files.readString(file);
        Files.writeString(file, policy.replace("name: sales,", "name: 社外,"), Charset.forName("windows-31j"));
        assertThatThrownBy(() -> PolicyFile.read(file)).isInstanceOf(PolicyFileException.class).hasMessage(file + ":4: not UTF-8 from here on; save the file as UTF-8");
        assertThatThrownBy(() -> store().load()).isInstanceOf(PolicyFileException.class).hasMessageContaining(":4: not UTF-8");
        Files.writeString(file, policy, StandardCharsets.UTF_16);
        assertThatThrownBy(() -> PolicyFile.read(file)).isInstanceOf(PolicyFileException.class).hasMessageContaining(":1: not UTF-8");
    }

    @Test
    void aFileThatIsNotUtf8LeavesTheOldPolicyInForceAndIsSaidOnce() throws IOException {
        Files.writeString(folder.resolve("sales.txt"), "hanako@example.co.jp\n");
        var store = store();
        store.load();
        var before = store.current();
        Files.write(file, new byte[] {'a', '\n', (byte) 0x8e});
        assertThat(logged(() -> twice(store))).singleElement().asString().contains("ERROR", ":2: not UTF-8");
        assertThat(logged(() -> twice(store))).isEmpty();
        assertThat(store.current()).isSameAs(before);
    }

    @Test
    void anEmptyListIsAGroupWithoutMembers() throws IOException {
        Files.writeString(folder.resolve("sales.txt"), "");
        assertThat(ruleFor(PolicyFile.read(file), "hanako@example.co.jp")).isEqualTo("built-in");
    }

    private PolicyStore store() {
        return new PolicyStore(() -> file);
    }

    @Test
    void aChangedListIsTakenOverAndIsAnotherVersion() throws IOException {
        Files.writeString(folder.resolve("sales.txt"), "ichiro@example.co.jp\n");
        var store = store();
        store.load();
        var before = store.current();
        assertThat(ruleFor(before, "hanako@example.co.jp")).isEqualTo("built-in");
        store.reload();
        assertThat(store.current()).as("nothing changed").isSameAs(before);
        Files.writeString(folder.resolve("sales.txt"), "hanako@example.co.jp\n");
        twice(store);
        assertThat(ruleFor(store.current(), "hanako@example.co.jp")).isEqualTo("sales");
        assertThat(store.current().version()).isNotEqualTo(before.version());
    }

    @Test
    void aFaultIsLoggedWithItsLineAndWithoutTheAddress() throws IOException {
        Files.writeString(folder.resolve("sales.txt"), "hanako@example.co.jp\n");
        var store = store();
        store.load();
        Files.writeString(folder.resolve("sales.txt"), "hanako@example.co.jp\ntaro@partner.example;\n");
        assertThat(logged(store::reload)).as("at the first look").isEmpty();
        assertThat(logged(store::reload)).singleElement().asString().contains("sales.txt:2: what stands there is no member").doesNotContain("taro");
        assertThat(logged(store::reload)).as("said once").isEmpty();
        assertThatThrownBy(() -> store().load()).as("at start").hasMessageContaining("sales.txt:2: ").hasMessageNotContaining("taro");
    }

    private static List<String> logged(Runnable action) {
        var lines = new ArrayList<String>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(new SimpleFormatter().format(line));
            }

            @Override
            public void flush() {
                // nothing waits
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        var logger = Logger.getLogger(PolicyStore.class.getName());
        logger.addHandler(handler);
        try {
            action.run();
        } finally {
            logger.removeHandler(handler);
        }
        return lines;
    }

    @Test
    void whatIsJustBeingWrittenIsNotTakenOverBeforeItStaysAsItIs() throws IOException {
        var list = folder.resolve("sales.txt");
        Files.writeString(list, "ichiro@example.co.jp\nhanako@example.co.jp\n");
        var store = store();
        store.load();
        var before = store.current();
        for (var part : List.of("", "ichiro@example.co.jp\n", "ichiro@example.co.jp\nhan", "ichiro@example.co.jp\nhanako@example.co.jp\n")) {
            Files.writeString(list, part);
            assertThat(logged(store::reload)).as(part).isEmpty();
            assertThat(store.current()).as(part).isSameAs(before);
        }
        twice(store);
        assertThat(store.current()).as("as it was").isSameAs(before);
        var whole = Files.readString(file);
        Files.writeString(file, "inside: [example.co.jp]\n");
        store.reload();
        Files.writeString(file, whole.replace("hold: none", "hold: 1m"));
        store.reload();
        assertThat(store.current()).as("another change behind the first").isSameAs(before);
        store.reload();
        assertThat(store.current().version()).isEqualTo(PolicyFile.read(file).version());
    }

    @Test
    void aListThatHasLostAllItsEntriesIsTakenOverWithAWarning() throws IOException {
        var list = folder.resolve("sales.txt");
        Files.writeString(list, "hanako@example.co.jp\n");
        var store = store();
        store.load();
        Files.writeString(list, "# nobody\n\n");
        assertThat(logged(() -> twice(store))).singleElement().asString().contains("WARN", "the list sales.txt beside the policy file had entries and has none now");
        assertThat(ruleFor(store.current(), "hanako@example.co.jp")).isEqualTo("built-in");
        Files.writeString(list, "");
        assertThat(logged(() -> twice(store))).as("it was empty before").isEmpty();
    }

    private static void twice(PolicyStore store) {
        store.reload();
        store.reload();
    }

    @Test
    void aListThatGoesAwayLeavesTheOldPolicyInForceUntilItIsBack() throws IOException {
        var list = folder.resolve("sales.txt");
        Files.writeString(list, "hanako@example.co.jp\n");
        var store = store();
        store.load();
        var before = store.current();
        Files.delete(list);
        twice(store);
        assertThat(store.current()).isSameAs(before);
        Files.writeString(list, "ichiro@example.co.jp\n");
        twice(store);
        assertThat(Optional.of(ruleFor(store.current(), "ichiro@example.co.jp"))).contains("sales");
    }
}
