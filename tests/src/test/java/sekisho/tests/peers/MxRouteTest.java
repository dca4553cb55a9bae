package sekisho.tests.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static sekisho.tests.People.HANAKO;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.Policies;
import sekisho.tests.ScriptedSmartHost;
import sekisho.tests.ScriptedSmartHost.Transaction;
import sekisho.tests.Zone;

/** Without a smart host: DNS says where each domain's mail goes, reports to our own people too. Nobody listens on 127.0.0.2 and .3. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MxRouteTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Installation installation;
    private ScriptedSmartHost host;
    private Zone zone;

    @BeforeAll
    void everythingGoesByDns() throws IOException {
        installation = Installation.alone(Policies.AT_ONCE);
        host = new ScriptedSmartHost(ScriptedSmartHost.EVERYTHING);
        zone = new Zone();
        zone.has("mx.example.net", "A 127.0.0.1");
        zone.has("down.example.net", "A 127.0.0.2");
        zone.has("down-too.example.net", "A 127.0.0.3");
        zone.has("example.co.jp", "MX 10 mx.example.net.");
        installation.start("mail", Map.of(
            "mail-hook.routes.world.domains", "*",
            "mail-hook.routes.world.via", "mx:" + host.port(),
            "mail-hook.routes.world.tls", "off",
            "mail-hook.routes.world.timeouts.connect", "2s",
            "mail-hook.smart-host.host", "",
            "mail-hook.dns.servers", zone.address(),
            "mail-hook.dns.timeout", "1s",
            "mail-hook.retry.first", "1s",
            "mail-hook.retry.longest", "1s"));
    }

    @AfterAll
    void allGo() throws IOException {
        installation.close();
        host.close();
        zone.close();
    }

    private void submits(String subject, String... to) throws IOException {
        assertThat(installation.mailServer().submits(HANAKO, List.of(to), Messages.plain(subject, "x"))).startsWith("250 2.6.0");
    }

    private Transaction arrives(String to, String subject) throws InterruptedException {
        return host.await(subject, each -> each.to().contains(to) && each.text().contains("Message-ID: <" + Integer.toHexString(subject.hashCode()) + "p@"), PATIENCE);
    }

    /** The report to the sender about an address. */
    private String report(String about) throws InterruptedException {
        return host.await("the report about " + about, each -> each.from().isEmpty() && each.to().contains(HANAKO) && each.text().contains(about), PATIENCE).text();
    }

    @Test
    void theBestHostThatTakesItGetsIt() throws Exception {
        zone.has("partner.example", "MX 10 down.example.net.", "MX 20 down-too.example.net.", "MX 30 mx.example.net.");
        submits("By the third host", "taro@partner.example");
        arrives("taro@partner.example", "By the third host");
        assertThat(zone.asked()).contains("partner.example. MX", "down.example.net. A", "down-too.example.net. A", "mx.example.net. A");
        await().untilAsserted(() -> assertThat(installation.data().texts(
            "select o.last_reply || ' ' || o.state from outbox o join recipient r on r.id = o.recipient_id where r.address = 'taro@partner.example'"))
            .singleElement().asString().startsWith("250 ").endsWith(" SENT"));
    }

    @Test
    void aDomainWithoutMxRecordsIsItsOwnHost() throws Exception {
        zone.has("alone.example", "A 127.0.0.1");
        submits("To the domain itself", "taro@alone.example");
        arrives("taro@alone.example", "To the domain itself");
    }

    @Test
    void eachDomainOfOneMessageGoesItsOwnWay() throws Exception {
        zone.has("one.example", "MX 10 mx.example.net.");
        zone.has("two.example", "MX 10 mx.example.net.");
        submits("Two ways", "a@one.example", "b@one.example", "c@two.example");
        assertThat(arrives("a@one.example", "Two ways").to()).containsExactly("a@one.example", "b@one.example");
        assertThat(arrives("c@two.example", "Two ways").to()).containsExactly("c@two.example");
    }

    @Test
    void whereNoMailGoesTheSenderIsToldAtOnce() throws Exception {
        zone.has("null.example", "MX 0 .");
        zone.has("nowhere.example", "MX 10 unknown.example.net.");
        zone.has("loop.example", "MX 10 sekisho.example.co.jp.", "MX 20 mx.example.net.");
        zone.has("empty.example", "TXT \"nothing\"");
        submits("Nowhere", "a@null.example", "b@nowhere.example", "c@loop.example", "d@empty.example", "e@missing.example");
        for (var expected : Map.of("a@null.example", "5.1.10", "b@nowhere.example", "5.4.4", "c@loop.example", "5.4.6", "d@empty.example", "5.1.2",
                "e@missing.example", "5.1.2").entrySet()) {
            assertThat(report(expected.getKey())).as(expected.getKey()).contains("Action: failed", "Status: " + expected.getValue());
        }
        assertThat(host.seen().stream().flatMap(each -> each.to().stream())).doesNotContain("a@null.example", "b@nowhere.example", "c@loop.example", "d@empty.example",
            "e@missing.example");
    }

    @Test
    void whileDnsFailsItWaitsAndNobodyIsTold() throws Exception {
        zone.fails("shaky.example");
        submits("Waits for DNS", "taro@shaky.example");
        await().atMost(PATIENCE).until(() -> installation.data().number(
            "select count(*) from outbox o join recipient r on r.id = o.recipient_id where r.address = 'taro@shaky.example' and o.state = 'DUE' and o.attempts > 0 "
            + "and o.last_reply like '451 4.4.3 %'") == 1);
        zone.has("shaky.example", "MX 10 mx.example.net.");
        arrives("taro@shaky.example", "Waits for DNS");
        assertThat(host.taken().stream().filter(each -> each.from().isEmpty() && each.text().contains("shaky.example"))).isEmpty();
    }
}
