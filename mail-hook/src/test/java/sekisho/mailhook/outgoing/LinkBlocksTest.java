package sekisho.mailhook.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.gateway.people.EmailAddress;
import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.block.LinkNotice;
import sekisho.mailhook.mime.rewrite.LinkBlock;
import sekisho.mailhook.mime.rewrite.Place;

/** Each sender domain has the block that its settings say. */
class LinkBlocksTest {

    private static final String KEY = "mail-hook.link-block.";
    private static final Instant CLOSES = Instant.parse("2026-12-08T05:00:00Z");

    @TempDir
    Path folder;

    private LinkBlocks blocks(Map<String, String> settings) {
        return new LinkBlocks(TestConfig.linkBlock(folder, settings));
    }

    private static LinkBlock of(LinkBlocks blocks, String sender, Optional<LinkNotice.Names> names) {
        return blocks.block(EmailAddress.parse(sender), "Example", List.of(new LinkNotice.FileLine("plan.pdf", 20)), names, CLOSES,
            URI.create("https://files.example.co.jp/d/abc"), EmailAddress.parse("taro@partner.example").orElseThrow(), Language.ENGLISH);
    }

    private static LinkBlock of(LinkBlocks blocks, String sender) {
        return of(blocks, sender, Optional.empty());
    }

    private Path templates(String name, String words) throws IOException {
        var own = Files.createDirectories(folder.resolve(name));
        Files.writeString(own.resolve("en.txt"), words + "\n{link}\n");
        Files.writeString(own.resolve("en.html"), "<div>" + words + " <a href=\"{link}\">open</a> {link}</div>\n");
        return own;
    }

    @Test
    void withoutSettingsItStandsOnTopListsNamesAndTellsTheTimeOfTokyo() {
        var block = of(blocks(Map.of()), "a@example.co.jp");
        assertThat(block.place()).isEqualTo(Place.TOP);
        assertThat(block.text()).contains("plan.pdf (20 B)", "14:00 JST", "Sign in as t•••@partner.example.");
    }

    @Test
    void aDomainHasItsOwnAndWhatItLeavesOpenIsAsForAll() throws IOException {
        var settings = new HashMap<String, String>();
        settings.put(KEY + "place", "bottom");
        settings.put(KEY + "names", "count");
        settings.put(KEY + "templates", templates("all", "For all").toString());
        settings.put(KEY + "domain.\"example.com\".zone", "America/New_York");
        settings.put(KEY + "domain.\"example.com\".names", "list");
        settings.put(KEY + "domain.\"Example.ORG\".place", "before-signature");
        settings.put(KEY + "domain.\"Example.ORG\".templates", templates("org", "For org").toString());
        var blocks = blocks(settings);
        assertThat(of(blocks, "a@example.co.jp").text()).isEqualTo("For all\r\nhttps://files.example.co.jp/d/abc\r\n");
        assertThat(of(blocks, "a@example.co.jp").place()).isEqualTo(Place.BOTTOM);
        assertThat(of(blocks, "a@example.org").place()).isEqualTo(Place.BEFORE_SIGNATURE);
        assertThat(of(blocks, "a@EXAMPLE.org").html()).startsWith("<div>For org <a href=\"https:");
        assertThat(of(blocks, "a@sub.example.org").text()).startsWith("For all");
        assertThat(blocks.zone(EmailAddress.parse("a@example.com"))).isEqualTo(ZoneId.of("America/New_York"));
        assertThat(blocks.zone(Optional.empty())).isEqualTo(ZoneId.of("Asia/Tokyo"));
    }

    @Test
    void whatPolicySaysOfOneRecipientGoesFirst() {
        var count = blocks(Map.of(KEY + "names", "count"));
        assertThat(of(count, "a@example.com").text()).contains("- 1 file\r\n").doesNotContain("plan");
        assertThat(of(count, "a@example.com", Optional.of(LinkNotice.Names.LIST)).text()).contains("plan.pdf");
        assertThat(of(blocks(Map.of()), "a@example.com", Optional.of(LinkNotice.Names.COUNT)).text()).doesNotContain("plan");
    }

    @Test
    void whatCannotBeUsedStopsTheStartAndIsNamed() throws IOException {
        for (String each : List.of("place=middle", "names=some", "zone=Tokyo", "domain.\"example.com\".place=left")) {
            var setting = each.split("=");
            assertThatThrownBy(() -> blocks(Map.of(KEY + setting[0], setting[1]))).as(each).hasMessageContaining(KEY + setting[0].replace("\"", "").substring(0, 4));
        }
        var faulty = templates("faulty", "{nobody}");
        assertThatThrownBy(() -> blocks(Map.of(KEY + "domain.\"example.com\".templates", faulty.toString()))).isInstanceOf(IllegalStateException.class)
            .hasMessageStartingWith(KEY + "domain.\"example.com\".templates: " + faulty.resolve("en.txt") + ", line 1: there is no {nobody}");
        assertThatThrownBy(() -> blocks(Map.of(KEY + "templates", folder.resolve("none").toString()))).hasMessageStartingWith(KEY + "templates: cannot read");
        assertThatThrownBy(() -> blocks(Map.of(KEY + "domain.\"a b\".place", "top"))).hasMessageContaining("not a mail domain");
        assertThatThrownBy(() -> blocks(Map.of(KEY + "domain.\"a.example\".place", "top", KEY + "domain.\"A.example\".place", "top"))).hasMessageContaining("twice");
    }
}
