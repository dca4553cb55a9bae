package sekisho.tests.mail;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import sekisho.embedded.FreePorts;
import sekisho.embedded.Tools;
import sekisho.storage.DirectoryStore;
import sekisho.tests.Certificate;
import sekisho.tests.Installation;
import sekisho.tests.ScriptedSmartHost;
import sekisho.tests.SealedFiles;

/**
 * The three installations that the cases are sent to, all in 128 MB of heap and with the policy of {@code mail/policy.yaml}:
 * <ul>
 *   <li>{@code first}: as installed, before a smart host that offers everything but PIPELINING, and so is given texts by BDAT;
 *   <li>{@code lenient}: the same by another of its listeners, which normalises lone CR and LF;
 *   <li>{@code second}: takes 300 KB at most, normalises lone CR and LF, offers STARTTLS, sends by DATA alone, to a smart host that
 *       offers nothing but SIZE and 8BITMIME; its link blocks stand at the bottom, in the words of docs/examples and the time of Honolulu, but
 *       for {@code @branch.example.com}: before the signature, in the words of the case 55-own-block, in the time of India, with files counted;
 *   <li>{@code third}: before a smart host that offers STARTTLS and refuses it, so that all goes in clear on a second attempt, and has no 8BITMIME.
 * </ul>
 */
final class Houses implements AutoCloseable {

    private static final Map<String, String> QUICK = Map.of("mail-hook.retry.first", "1s", "mail-hook.retry.longest", "1s",
        "mail-hook.smart-host.timeouts.data-end", "5s");

    /** Less than the larger messages have octets. */
    private static final List<String> MEMORY = List.of("-Xmx128m", "-XX:+UseSerialGC");

    /** One of them. @param port of its listener @param trust what trusts its certificate, null when it has none */
    record House(Installation installation, int port, ScriptedSmartHost next, SealedFiles files, DirectoryStore store, SSLContext trust) {
        House at(int listener) {
            return new House(installation, listener, next, files, store, trust);
        }

        /** How every link to it begins. */
        String link() {
            return installation.stage().ports().webUrl() + "/d/";
        }
    }

    private final House first;
    private final House lenient;
    private final House second;
    private final House third;

    private Houses(House first, House lenient, House second, House third) {
        this.first = first;
        this.lenient = lenient;
        this.second = second;
        this.third = third;
    }

    static Houses open() throws Exception {
        var policy = Files.readString(CaseFolders.root().resolve("policy.yaml"));
        int lenient = FreePorts.take();
        var first = house(Installation.alone(policy), ScriptedSmartHost.ONE_BY_ONE, Map.of(
            "mail-hook.listeners.lenient.port", Integer.toString(lenient),
            "mail-hook.listeners.lenient.bare-newlines", "normalise",
            "mail-hook.listeners.lenient.null-sender", "reports"), null);
        var other = Installation.alone(policy);
        var certificate = Certificate.make(other.stage().folder());
        var settings = new HashMap<>(Map.of(
            "mail-hook.limits.message", "300K",
            "mail-hook.listeners.hook.bare-newlines", "normalise",
            "mail-hook.listeners.hook.tls", "starttls",
            "mail-hook.listeners.hook.certificate", certificate.chain().toString(),
            "mail-hook.listeners.hook.certificate-key", certificate.key().toString(),
            "mail-hook.smart-host.chunking", "false"));
        settings.putAll(ownLinkBlocks());
        var second = house(other, List.of("SIZE 0", "8BITMIME"), settings, certificate.trusting());
        var third = house(Installation.alone(policy), List.of("SIZE 0", "STARTTLS"), Map.of(), null);
        return new Houses(first, first.at(lenient), second, third);
    }

    private static Map<String, String> ownLinkBlocks() {
        var branch = "mail-hook.link-block.domain.\"branch.example.com\".";
        return Map.of(
            "gateway.senders.domains", "example.co.jp,branch.example.com",
            "mail-hook.link-block.place", "bottom",
            "mail-hook.link-block.templates", Tools.repository().resolve("docs/examples/link-block").toString(),
            "mail-hook.link-block.zone", "Pacific/Honolulu",
            branch + "place", "before-signature",
            branch + "templates", CaseFolders.root().resolve("55-own-block/templates").toString(),
            branch + "zone", "Asia/Kolkata",
            branch + "names", "count");
    }

    private static House house(Installation installation, List<String> offers, Map<String, String> extra, SSLContext trust) throws IOException {
        var next = new ScriptedSmartHost(offers);
        var settings = new HashMap<>(QUICK);
        settings.put("mail-hook.smart-host.port", Integer.toString(next.port()));
        settings.putAll(extra);
        installation.start("mail", settings, MEMORY);
        var store = new DirectoryStore(installation.stage().objects());
        return new House(installation, installation.stage().ports().smtp(), next, new SealedFiles(installation, store), store, trust);
    }

    House of(String name) {
        return switch (name) {
            case "first" -> first;
            case "lenient" -> lenient;
            case "second" -> second;
            case "third" -> third;
            default -> throw new IllegalArgumentException("there is no house " + name);
        };
    }

    @Override
    public void close() throws IOException {
        for (var house : List.of(third, second, first)) {
            house.store().close();
            house.installation().close();
            house.next().close();
        }
    }
}
