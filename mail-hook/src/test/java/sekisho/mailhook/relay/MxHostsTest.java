package sekisho.mailhook.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sekisho.gateway.people.EmailAddress;
import sekisho.mailhook.relay.Hosts.Found;

/** What DNS says and what becomes of it. */
class MxHostsTest {

    private static final Duration PATIENCE = Duration.ofMillis(300);

    private static MxHosts at(ScriptedDns dns) {
        return new MxHosts(List.of(dns.address()), PATIENCE, "hook.example.co.jp", 25);
    }

    private static Found find(String domain, String... zone) throws Exception {
        try (var dns = new ScriptedDns(zone)) {
            return at(dns).of(domain).find();
        }
    }

    private static List<String> hosts(Found found) {
        assertThat(found).isInstanceOf(Found.Some.class);
        return ((Found.Some) found).hosts().stream().map(host -> host.name() + "=" + host.address().getHostAddress()).toList();
    }

    private static boolean areAll(Found found) {
        assertThat(found).isInstanceOf(Found.Some.class);
        return ((Found.Some) found).all();
    }

    private static String nowhere(Found found) {
        assertThat(found).isInstanceOf(Found.Nowhere.class);
        var reply = ((Found.Nowhere) found).reply();
        assertThat(reply.code()).isEqualTo(550);
        return reply.enhanced();
    }

    private static void notNow(Found found) {
        assertThat(found).isInstanceOfSatisfying(Found.NotNow.class, later -> {
            assertThat(later.reply().code()).isEqualTo(451);
            assertThat(later.reply().enhanced()).isEqualTo("4.4.3");
        });
    }

    @Test
    void hostsComeByPreferenceWithAllTheirAddresses() throws Exception {
        assertThat(hosts(find("a.example", "a.example. MX 20 two.example.", "a.example. MX 10 one.example.", "one.example. A 192.0.2.1",
            "one.example. AAAA 2001:db8::1", "two.example. A 192.0.2.2"))).containsExactly("one.example=192.0.2.1", "one.example=2001:db8:0:0:0:0:0:1",
                "two.example=192.0.2.2");
    }

    /** The mapping to ASCII is that of 2003: what Unicode has given a meaning since, it takes as it is where it is let. */
    @Test
    void aDomainOfYoungerSignsIsLookedUp() throws Exception {
        var domain = EmailAddress.parse("taro@xn--e28h.example").orElseThrow().comparedDomain();
        assertThat(hosts(find(domain, "xn--e28h.example. MX 10 one.example.", "one.example. A 192.0.2.1"))).containsExactly("one.example=192.0.2.1");
    }

    @Test
    void equalOnesComeInRandomOrder() throws Exception {
        try (var dns = new ScriptedDns("a.example. MX 10 one.example.", "a.example. MX 10 two.example.", "one.example. A 192.0.2.1", "two.example. A 192.0.2.2")) {
            var orders = new HashSet<List<String>>();
            var hosts = new MxHosts(List.of(dns.address()), PATIENCE, "hook.example.co.jp", 25, new Random(1)).of("a.example");
            for (int i = 0; i < 64; i++) {
                orders.add(hosts(hosts.find()));
            }
            assertThat(orders).hasSize(2);
        }
    }

    /** Resolvers turn the answer round. */
    @Test
    void theBestOfManyRecordsCountsWhereverItStands() throws Exception {
        var zone = new ArrayList<String>();
        for (int i = 0; i < 50; i++) {
            zone.add("a.example. MX " + (100 - i) + " mx" + i + ".example.");
            zone.add("b.example. MX " + (100 - i) + " " + (i == 49 ? "hook.example.co.jp" : "mx" + i + ".example") + ".");
            zone.add("mx" + i + ".example. A 192.0.2." + (i + 1));
        }
        try (var dns = new ScriptedDns(zone.toArray(String[]::new))) {
            assertThat(hosts(at(dns).of("a.example").find())).hasSize(5).first().isEqualTo("mx49.example=192.0.2.50");
            assertThat(at(dns).of("b.example").find()).isInstanceOfSatisfying(Hosts.Found.Nowhere.class, nowhere -> assertThat(nowhere.reply().enhanced()).isEqualTo("5.4.6"));
        }
    }

    @Test
    void noMoreThanAFewHostsAreTried() throws Exception {
        var zone = new ArrayList<String>();
        for (int i = 0; i < 50; i++) {
            zone.add("a.example. MX " + i + " mx" + i + ".example.");
            zone.add("mx" + i + ".example. A 192.0.2." + (i + 1));
        }
        try (var dns = new ScriptedDns(zone.toArray(String[]::new))) {
            assertThat(hosts(at(dns).of("a.example").find())).hasSize(5).first().isEqualTo("mx0.example=192.0.2.1");
            assertThat(dns.asked).as("and no more are looked up").hasSizeLessThan(15);
        }
    }

    @Test
    void withoutMxRecordsTheDomainItselfIsTheHost() throws Exception {
        assertThat(hosts(find("a.example", "a.example. A 192.0.2.1"))).containsExactly("a.example=192.0.2.1");
        assertThat(hosts(find("a.example", "a.example. AAAA 2001:db8::1"))).containsExactly("a.example=2001:db8:0:0:0:0:0:1");
        assertThat(nowhere(find("a.example", "a.example. TXT nothing"))).isEqualTo("5.1.2");
    }

    @Test
    void aDomainThatTakesNoMailIsPermanent() throws Exception {
        assertThat(nowhere(find("a.example", "a.example. MX 0 .", "a.example. A 192.0.2.1"))).isEqualTo("5.1.10");
    }

    @Test
    void aNullMxBesideOthersDoesNotCount() throws Exception {
        assertThat(hosts(find("a.example", "a.example. MX 0 .", "a.example. MX 10 one.example.", "one.example. A 192.0.2.1"))).hasSize(1);
    }

    @Test
    void aDomainThatDoesNotExistIsPermanentAndOneThatCannotBeAskedForIsNot() throws Exception {
        assertThat(nowhere(find("gone.example", "a.example. A 192.0.2.1"))).isEqualTo("5.1.2");
        notNow(find("a.example", "a.example. SERVFAIL"));
        notNow(find("a.example", "a.example. REFUSED"));
        notNow(find("a.example", "a.example. SILENT"));
        notNow(find("a.example", "a.example. CNAME b.example.", "b.example. CNAME a.example."));
    }

    @Test
    void aHostThatCannotBeLookedUpIsPassedOverAndNeverTakenForMissing() throws Exception {
        assertThat(hosts(find("a.example", "a.example. MX 10 one.example.", "a.example. MX 20 two.example.", "one.example. SERVFAIL",
            "two.example. A 192.0.2.2"))).containsExactly("two.example=192.0.2.2");
        notNow(find("a.example", "a.example. MX 10 one.example.", "a.example. MX 20 gone.example.", "one.example. SERVFAIL"));
        assertThat(nowhere(find("a.example", "a.example. MX 10 gone.example."))).isEqualTo("5.4.4");
    }

    @Test
    void itIsSaidWhetherAHostCouldNotBeLookedUp() throws Exception {
        var two = List.of("a.example. MX 10 one.example.", "a.example. MX 20 two.example.", "one.example. A 192.0.2.1");
        assertThat(areAll(find("a.example", two.get(0), two.get(1), two.get(2), "two.example. SERVFAIL"))).isFalse();
        assertThat(areAll(find("a.example", two.get(0), two.get(1), two.get(2), "two.example. A 192.0.2.2"))).isTrue();
        assertThat(areAll(find("a.example", two.get(0), two.get(1), two.get(2)))).as("it doesn't exist").isTrue();
    }

    @Test
    void aliasesAreFollowed() throws Exception {
        assertThat(hosts(find("a.example", "a.example. CNAME b.example.", "b.example. MX 10 one.example.", "one.example. CNAME real.example.",
            "real.example. A 192.0.2.7"))).containsExactly("one.example=192.0.2.7");
    }

    @Test
    void mailThatWouldComeBackIsNotSent() throws Exception {
        assertThat(nowhere(find("a.example", "a.example. MX 10 HOOK.example.co.jp.", "a.example. MX 20 two.example.", "two.example. A 192.0.2.2")))
            .as("others of lower rank would only send it here").isEqualTo("5.4.6");
        assertThat(hosts(find("a.example", "a.example. MX 10 hook.example.co.jp.", "a.example. MX 10 equal.example.", "a.example. MX 5 better.example.",
            "equal.example. A 192.0.2.3", "better.example. A 192.0.2.2"))).containsExactly("better.example=192.0.2.2");
    }

    @Test
    void aDomainOutsideAsciiIsAskedForAsDnsHasIt() throws Exception {
        assertThat(hosts(find("例え.example", "xn--r8jz45g.example. MX 10 one.example.", "one.example. A 192.0.2.1"))).hasSize(1);
        assertThat(nowhere(find("a".repeat(64) + ".example"))).isEqualTo("5.1.2");
    }

    @Test
    void anAnswerIsKeptForItsTime() throws Exception {
        try (var dns = new ScriptedDns("a.example. MX 10 one.example.", "one.example. A 192.0.2.1")) {
            var mx = at(dns);
            for (int i = 0; i < 10; i++) {
                assertThat(hosts(mx.of("a.example").find())).hasSize(1);
            }
            assertThat(dns.asked).contains("a.example. MX").doesNotHaveDuplicates();
        }
    }
}
