package sekisho.mailhook.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {

    private static final String PARTNER = "mail-hook.routes.partner.";
    private static final String WORLD = "mail-hook.routes.world.";

    @TempDir
    Path folder;

    private Routes routes(Map<String, String> more) {
        return new Routes(TestConfig.of(folder, more));
    }

    @ParameterizedTest
    @CsvSource({
        "partner.example,     partner",
        "x.partner.example,   smart-host",
        "below.example,       smart-host",
        "a.below.example,     partner",
        "a.b.below.example,   partner",
        "deep.below.example,  direct/deep.below.example",
        "a.deep.below.example, direct/a.deep.below.example",
        "例え.example,        direct/例え.example",
        "other.example,       smart-host",
        "'',                  smart-host",
        "*,                   smart-host",
    })
    void theRouteThatNamesADomainMostExactlyHoldsForIt(String domain, String destination) {
        var routes = routes(Map.of(PARTNER + "domains", "Partner.example,*.below.example", PARTNER + "via", "relay.partner.example:587, [2001:db8::1]",
            "mail-hook.routes.direct.domains", "deep.below.example,*.deep.below.example,xn--r8jz45g.example", "mail-hook.routes.direct.via", "mx"));
        assertThat(routes.destination(domain)).isEqualTo(destination);
    }

    @Test
    void allMailMayGoByMxRecords() {
        var routes = routes(Map.of("mail-hook.smart-host.host", "", WORLD + "domains", "*", WORLD + "via", "mx:2525", WORLD + "connections", "3",
            WORLD + "messages-per-connection", "7", WORLD + "keep-idle", "5s"));
        assertThat(routes.destination("a.example")).isEqualTo("world/a.example");
        assertThat(routes.names()).containsExactly("world");
        assertThat(routes.settings("world/a.example")).hasValueSatisfying(settings -> {
            assertThat(settings.connections()).isEqualTo(3);
            assertThat(settings.messagesPerConnection()).isEqualTo(7);
            assertThat(settings.keepIdle()).isEqualTo(Duration.ofSeconds(5));
        });
        assertThat(routes.settings("gone/a.example")).isEmpty();
    }

    @Test
    void whatContradictsItselfIsNamed() {
        assertThatThrownBy(() -> routes(Map.of(WORLD + "domains", "*", WORLD + "via", "mx"))).hasMessageContaining("mail-hook.smart-host.host");
        assertThatThrownBy(() -> routes(Map.of("mail-hook.smart-host.host", ""))).hasMessageContaining("nothing says where mail goes");
        assertThatThrownBy(() -> routes(Map.of(PARTNER + "domains", "a.example", PARTNER + "via", "mx", PARTNER + "tls", "required")))
            .hasMessageContaining(PARTNER + "tls").hasMessageContaining("proves nothing");
        assertThatThrownBy(() -> routes(Map.of(PARTNER + "domains", "a_b.example", PARTNER + "via", "mx"))).hasMessageContaining("a_b.example");
        assertThatThrownBy(() -> routes(Map.of(PARTNER + "domains", "a.example", PARTNER + "via", "host:0"))).hasMessageContaining(PARTNER + "via");
        assertThatThrownBy(() -> routes(Map.of(PARTNER + "domains", "a.example", PARTNER + "via", "host:25:25"))).hasMessageContaining(PARTNER + "via");
        assertThatThrownBy(() -> routes(Map.of(PARTNER + "domains", "a.example", PARTNER + "via", "host", WORLD + "domains", "A.example", WORLD + "via", "mx")))
            .hasMessageContaining("is in the route");
        assertThatThrownBy(() -> routes(Map.of("mail-hook.routes.smart-host.domains", "a.example", "mail-hook.routes.smart-host.via", "host")))
            .hasMessageContaining("mail-hook.routes.smart-host");
        assertThatThrownBy(() -> routes(Map.of(PARTNER + "domains", "a.example", PARTNER + "via", "mx", "mail-hook.dns.servers", "ns.example")))
            .hasMessageContaining("mail-hook.dns.servers");
        assertThatThrownBy(() -> routes(Map.of(PARTNER + "domains", "a.example", PARTNER + "via", "host", PARTNER + "user", "sekisho")))
            .hasMessageContaining(PARTNER + "user");
    }
}
