package sekisho.tests.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.ScriptedSmartHost;
import sekisho.tests.ScriptedSmartHost.Answer;
import sekisho.tests.ScriptedSmartHost.Stage;
import sekisho.tests.launcher.Launcher.Ended;

/** What an operator types while the product runs and mail waits, as they type it. */
class QueueCommandsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> NAMES = List.of("aoi", "ben", "chie", "dan");

    @TempDir
    private Path folder;
    private Launcher launcher;
    private Installation installation;
    private ScriptedSmartHost next;

    @BeforeEach
    void fourMessagesWait() throws IOException {
        launcher = new Launcher(folder, Map.of("SEKISHO_STATE", folder.resolve("state").toString()));
        installation = Installation.alone(Policies.AT_ONCE);
        next = new ScriptedSmartHost(ScriptedSmartHost.EVERYTHING);
        installation.start("mail", Map.of("mail-hook.smart-host.port", Integer.toString(next.port()), "mail-hook.retry.first", "1h"));
        for (var name : NAMES) {
            next.expect(Stage.RCPT, address(name), List.of(new Answer.Says("450 4.2.1 <" + address(name) + "> is busy")));
            assertThat(installation.mailServer().submits(HANAKO, List.of(address(name)), Messages.plain("For " + name, "x"))).startsWith("250");
        }
        await().atMost(PATIENCE).until(() -> rows("state = 'DUE' and attempts = 1") == NAMES.size());
    }

    @AfterEach
    void allGo() throws IOException {
        installation.close();
        next.close();
    }

    private static String address(String name) {
        return name + "@partner.example";
    }

    private long rows(String condition) {
        return installation.data().number("select count(*) from outbox where " + condition);
    }

    private Ended queue(String... words) throws Exception {
        var postgres = installation.stage().postgres();
        var arguments = new ArrayList<>(List.of("queue"));
        arguments.addAll(List.of(words));
        arguments.addAll(List.of("--url", installation.stage().database(), "--user", postgres.owner().user(), "--password-file",
            postgres.passwordFile(postgres.owner()).toString()));
        return launcher.sekisho(arguments.toArray(String[]::new));
    }

    private String does(String... words) throws Exception {
        var ended = queue(words);
        assertThat(ended.status()).as(String.join(" ", words) + ": " + ended.out() + ended.err()).isZero();
        return ended.out();
    }

    private void doesNot(String because, String... words) throws Exception {
        var ended = queue(words);
        assertThat(ended.status()).as(String.join(" ", words)).isEqualTo(1);
        assertThat(ended.out() + ended.err()).contains(because);
    }

    private String id(String list, String name) {
        var row = Pattern.compile("([0-9a-f-]{36})  .*  " + Pattern.quote(address(name)) + "  ").matcher(list);
        assertThat(row.find()).as(list).isTrue();
        return row.group(1);
    }

    private void arrives(String name) throws InterruptedException {
        next.await("the message for " + name, each -> each.to().contains(address(name)), PATIENCE);
    }

    @Test
    void anOperatorLooksHurriesStopsLetsGoAndRemoves() throws Exception {
        assertThat(does("list")).contains("smart-host: 4 rows, 0 held", "450 4.2.1", "4 rows wait", "@partner.example").doesNotContain(NAMES);
        var list = does("list", "--addresses");
        var aoi = id(list, "aoi");
        var ben = id(list, "ben");
        var chie = id(list, "chie");

        assertThat(does("show", aoi)).containsPattern("state        in 5[0-9]m").contains("attempts     1", "last reply   450 4.2.1 <•••@partner.example> is busy").doesNotContain("aoi@");
        doesNot("nothing waits under this id", "show", "00000000-0000-0000-0000-000000000000");

        assertThat(does("hold", ben)).isEqualTo("done\n");
        assertThat(does("list")).contains("smart-host: 4 rows, 1 held");
        doesNot("it is held", "hold", ben);
        doesNot("it is held", "flush", ben);

        var unsure = queue("delete", chie);
        assertThat(unsure.status()).isEqualTo(2);
        assertThat(unsure.err()).contains("say --yes if that is meant");
        assertThat(does("delete", chie, "--yes")).isEqualTo("done\n");
        var report = next.await("the report about chie", each -> each.from().isEmpty() && each.to().contains(HANAKO), PATIENCE).text();
        assertThat(report).contains("Action: failed", "Status: 5.7.1", address("chie"));
        doesNot("nothing waits under this id", "delete", chie, "--yes");

        assertThat(does("flush", aoi)).isEqualTo("done\n");
        arrives("aoi");
        assertThat(rows("state = 'DUE'")).as("dan still waits for his time").isEqualTo(1);
        assertThat(does("flush")).isEqualTo("1 rows are due now\n");
        arrives("dan");
        assertThat(rows("state = 'PAUSED'")).as("what is held isn't hurried").isEqualTo(1);

        assertThat(does("resume", ben)).isEqualTo("done\n");
        doesNot("it isn't held", "resume", ben);
        assertThat(does("flush", "--destination", "smart-host")).isEqualTo("1 rows are due now\n");
        arrives("ben");
        await().atMost(PATIENCE).until(() -> rows("state in ('DUE', 'CLAIMED', 'PAUSED')") == 0);
        assertThat(does("list")).isEqualTo("0 rows wait\n");
        assertThat(next.seen().stream().flatMap(each -> each.to().stream()).sorted().toList())
            .containsExactly(address("aoi"), address("ben"), address("dan"), HANAKO);
    }
}
