package sekisho.web.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.gateway.access.Links;
import sekisho.pages.Excerpt;
import sekisho.pages.Language;
import sekisho.pages.SamplePage;
import sekisho.web.Rendering;

class LinkPagesTest {

    private static final String TOKEN = "abcdefghijklmnopqrst_-";

    @ParameterizedTest
    @EnumSource(Language.class)
    void theLandingPageTellsCompanyMaskedAddressAndTime(Language language) {
        var html = Rendering.of(new LinkPages.Landing(SamplePage.of(language, null), TOKEN, landing(Links.State.OPEN)));
        assertThat(html).contains("example.co.jp", "t•••@partner.example", "/d/" + TOKEN + "/files", "lang=\"" + language.tag() + "\"")
            .doesNotContain("taro");
    }

    @Test void theLandingPageHasNoFormButTheLanguageSwitch() {
        var html = Rendering.of(new LinkPages.Landing(SamplePage.of(Language.EN, null), TOKEN, landing(Links.State.OPEN)));
        assertThat(html.split("<form", -1)).hasSize(2);
        assertThat(html).contains("action=\"/language\"");
    }

    @ParameterizedTest
    @EnumSource(value = Links.State.class, names = "OPEN", mode = EnumSource.Mode.EXCLUDE)
    void everyClosedStateHasAPageOfItsOwnThatSaysWhatToDo(Links.State state) {
        for (var language : Language.values()) {
            var html = Rendering.of(new LinkPages.Closed(SamplePage.of(language, null), landing(state)));
            assertThat(html).contains(SamplePage.words().say(language, "closed.title." + state)).contains("class=\"notice\"");
        }
    }

    @Test void aRevokedLinkThatCannotOpenAgainPromisesNothing() {
        for (var language : Language.values()) {
            var over = Rendering.of(new LinkPages.Closed(SamplePage.of(language, null), landing(Links.State.REVOKED, false)));
            assertThat(over).contains(SamplePage.words().say(language, "closed.title.REVOKED"), SamplePage.words().say(language, "closed.next.EXPIRED"))
                .doesNotContain(SamplePage.words().say(language, "closed.next.REVOKED"));
        }
    }

    @Test void aLinkThatTheScannerShutBlamesNobodyAndPromisesNothing() {
        for (var language : Language.values()) {
            var words = SamplePage.words();
            var blocked = Rendering.of(new LinkPages.Closed(SamplePage.of(language, null), landing(Links.State.BLOCKED, false)));
            assertThat(blocked).contains(words.say(language, "closed.text.BLOCKED"), words.say(language, "closed.next.BLOCKED"))
                .doesNotContain(words.say(language, "closed.text.REVOKED"), words.say(language, "closed.next.REVOKED"), words.say(language, "closed.next.EXPIRED"));
        }
    }

    @Test void aForeignPersonLearnsOnlyTheMaskedAddress() {
        var page = SamplePage.of(Language.EN, "mallory@evil.example");
        var html = Rendering.of(new LinkPages.NotYours(page, TOKEN, landing(Links.State.OPEN), true));
        assertThat(html).contains("t•••@partner.example", "mallory@evil.example").doesNotContain("taro");
    }

    @Test void fileNamesOfStrangersCanNeitherInjectNorReadBackwards() {
        var files = List.of(file("<img src=x onerror=alert(1)>.pdf", Links.State.OPEN), file("invoice\u202Efdp.exe", Links.State.USED_UP));
        var opening = new Links.Opening.Files(new UUID(1, 2), new UUID(1, 3), "hanako@example.co.jp", SamplePage.NOW,
            SamplePage.NOW.plus(Duration.ofDays(14)), files);
        var html = Rendering.of(new LinkPages.Files(SamplePage.of(Language.JA, "taro@partner.example"), TOKEN, opening, Excerpt.of(opening.files(), 1)));
        assertThat(html).contains("&lt;img src=x onerror=alert(1)&gt;.pdf", "invoice\uFFFDfdp.exe").doesNotContain("<img src=x", "\u202E");
    }

    @Test void onlyOpenFilesHaveAButton() {
        var files = List.of(file("a.pdf", Links.State.OPEN), file("b.pdf", Links.State.REVOKED), file("c.pdf", Links.State.USED_UP),
            file("d.pdf", Links.State.BLOCKED));
        var opening = new Links.Opening.Files(new UUID(1, 2), new UUID(1, 3), "hanako@example.co.jp", SamplePage.NOW,
            SamplePage.NOW.plus(Duration.ofDays(14)), files);
        var html = Rendering.of(new LinkPages.Files(SamplePage.of(Language.EN, "taro@partner.example"), TOKEN, opening, Excerpt.of(opening.files(), 1)));
        assertThat(html.split("action=\"/d/" + TOKEN + "/files/", -1)).hasSize(2);
        assertThat(html).contains("a.pdf", "c.pdf", "(name no longer shown)").doesNotContain("b.pdf", "d.pdf");
        assertThat(html.split("<details>", -1)).hasSize(3);
        assertThat(html).contains("Taken back by the sender", "Blocked by a security check", "No downloads left", "3 downloads left", "4 files");
    }

    @Test void aDownloadThatMayGoOnPastTheLimitSaysSo() {
        var files = List.of(new Links.LinkFile(new UUID(2, 3), "a.pdf", "application/pdf", 482_133, "ab".repeat(32), Links.State.OPEN, 5, 5));
        var opening = new Links.Opening.Files(new UUID(1, 2), new UUID(1, 3), "hanako@example.co.jp", SamplePage.NOW,
            SamplePage.NOW.plus(Duration.ofDays(14)), files);
        var html = Rendering.of(new LinkPages.Files(SamplePage.of(Language.EN, "taro@partner.example"), TOKEN, opening, Excerpt.of(opening.files(), 1)));
        assertThat(html).contains("No downloads left, but one that broke off can be resumed", "action=\"/d/" + TOKEN + "/files/").doesNotContain("0 downloads left");
    }

    private static Links.Landing landing(Links.State state) {
        return landing(state, true);
    }

    private static Links.Landing landing(Links.State state, boolean mayReopen) {
        return new Links.Landing("example.co.jp", "t•••@partner.example", state, mayReopen, Optional.of(SamplePage.NOW.plus(Duration.ofDays(3))));
    }

    private static Links.LinkFile file(String name, Links.State state) {
        return new Links.LinkFile(new UUID(2, name.hashCode()), name, "application/pdf", 482_133, "ab".repeat(32), state, 2, 5);
    }
}
