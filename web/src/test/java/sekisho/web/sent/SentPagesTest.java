package sekisho.web.sent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.gateway.audit.Ranges;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.DeliveryView;
import sekisho.gateway.delivery.DeliveryView.Found;
import sekisho.gateway.delivery.DeliveryView.Summary;
import sekisho.gateway.delivery.InMail;
import sekisho.gateway.delivery.Standing;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.Policy;
import sekisho.gateway.policy.PolicyFile;
import sekisho.pages.Language;
import sekisho.pages.SamplePage;
import sekisho.web.Rendering;

class SentPagesTest {

    private static final String ACTION = "action=\"/sent/" + SampleDelivery.ID + "/";

    private static final Policy POLICY = PolicyFile.read("policy.yaml", "inside: [example.co.jp]\npartners: [partnar.example]\n");

    @ParameterizedTest
    @EnumSource(DeliveryState.class)
    void everyStateHasItsBadgeInBothLanguages(DeliveryState state) {
        for (var language : Language.values()) {
            assertThat(page(language, state, "Subject")).contains(">" + SamplePage.words().say(language, "state." + state) + "</span>");
        }
    }

    @Test void whatIsHeldCanBeCancelledForAllOrOneAndSentNow() {
        var html = page(Language.EN, DeliveryState.HELD, "Subject");
        assertThat(html).contains(ACTION + "cancel\"", ACTION + "send-now\"", "1 min 40 s left",
            "name=\"recipient\" value=\"" + SampleDelivery.OUTSIDER + "\"").doesNotContain(ACTION + "revoke\"", "downloads");
    }

    @Test void whoseDomainLooksLikeAnotherOneIsPointedOut() {
        for (var language : Language.values()) {
            assertThat(page(language, DeliveryState.HELD, "Subject").split(SamplePage.words().say(language, "sent.like", "partnar.example"), -1))
                .as("at one of the two").hasSize(2);
        }
    }

    @Test void whatWaitsForTheScannerSaysSo() {
        for (var language : Language.values()) {
            var html = page(language, SampleDelivery.waiting(new Found("zip", "PASSWORD", Examined.Scan.UNSCANNED, "")));
            assertThat(html).contains(ACTION + "cancel\"", ACTION + "send-now\"");
            for (var key : List.of("sent.scanning", "hold.scan", "found.scan.UNSCANNED", "found.protection.PASSWORD")) {
                assertThat(html).contains(SamplePage.words().say(language, key).replace("'", "&#39;"));
            }
        }
    }

    @Test void malwareIsNamedAndTheFileStaysShut() {
        for (var language : Language.values()) {
            var html = page(language, SampleDelivery.waiting(new Found("exe", "", Examined.Scan.INFECTED, "Eicar<script>")));
            assertThat(html).contains("Eicar&lt;script&gt;", SamplePage.words().say(language, "sent.infected")).doesNotContain("Eicar<script>");
        }
    }

    @Test void whatIsReleasedCanBeRevokedForAllOneRecipientOneFileOrOneOfEach() {
        var html = page(Language.EN, DeliveryState.RELEASED, "Subject");
        assertThat(html.split(ACTION + "revoke\"", -1)).hasSize(5);
        assertThat(html).doesNotContain(ACTION + "cancel\"").contains("50% served", "Outside", "Gets the mail with its attachments");
    }

    @Test void whatIsRevokedCanBeOpenedAgain() {
        assertThat(page(Language.EN, DeliveryState.REVOKED, "Subject")).contains(ACTION + "restore\"", "No link opens them", "1 recipient has the attachments in the mail itself");
    }

    @Test void whatAResponderRevokedItsSenderCannotOpenAndIsToldSo() {
        for (var language : Language.values()) {
            var html = page(language, SampleDelivery.in(DeliveryState.REVOKED, "Subject", true));
            assertThat(html).doesNotContain(ACTION + "restore\"", ACTION + "revoke\"").contains(SamplePage.words().say(language, "sent.frozen.all"));
        }
    }

    @Test void whatIsDestroyedHasNoButtonsLeft() {
        assertThat(page(Language.EN, DeliveryState.SHREDDED, "Subject")).doesNotContain(ACTION);
    }

    @ParameterizedTest
    @EnumSource(value = DeliveryState.class, names = {"CANCELLED", "EXPIRED", "SHREDDED"})
    void whatIsOverHasNoButtonsLeft(DeliveryState state) {
        assertThat(page(Language.EN, state, "Subject")).doesNotContain(ACTION);
    }

    @ParameterizedTest
    @EnumSource(value = DeliveryState.class, names = {"REVOKED", "EXPIRED", "SHREDDED", "CANCELLED", "FAILED"})
    void theRecipientOfWhatIsNoLongerOpenIsNotSaidToHaveIt(DeliveryState state) {
        var html = page(Language.EN, state, "Subject");
        var recipient = html.substring(html.indexOf("taro@partner.example"), html.indexOf("ichiro@example.co.jp"));
        assertThat(recipient).contains(">" + SamplePage.words().say(Language.EN, "state." + state) + "</span>").doesNotContain(">Sent<", ">Waiting<");
    }

    @Test void whileAllIsRevokedTheRestCanBeKeptShutAndNothingElse() {
        var html = page(Language.EN, DeliveryState.REVOKED, "Subject");
        assertThat(html).contains("Open access again", "Keep revoked for this recipient", "Keep this file revoked for everyone")
            .doesNotContain("Revoke this file", "Revoke for this recipient", "Open this file again", ACTION + "send-now\"");
    }

    @Test void whatIsRevokedWhileItWaitsIsListedOnceAndNotSentNow() {
        var held = summary(1, "shut one", DeliveryState.REVOKED, new Standing.Parts(2, 2, 0, 0, 0, 0, 0));
        var html = Rendering.of(new SentPages.SentList(SamplePage.of(Language.EN, "hanako@example.co.jp"), List.of(held), List.of(), true, ""));
        assertThat(html).contains("/sent/" + held.id() + "/cancel", ">Revoked</span>").doesNotContain("/send-now");
    }

    @Test void whatWaitsInPartSaysWhomCancellingStillReaches() {
        var held = summary(1, "half out", DeliveryState.HELD, new Standing.Parts(3, 1, 1, 0, 0, 0, 0));
        for (var language : Language.values()) {
            var html = Rendering.of(new SentPages.SentList(SamplePage.of(language, "hanako@example.co.jp"), List.of(held), List.of(), true, ""));
            for (var key : List.of("parts.held", "parts.cancelled")) {
                assertThat(html).contains(SamplePage.words().say(language, key, 1, 3));
            }
            assertThat(html).contains(SamplePage.words().say(language, "sent.cancel.rest", 1));
        }
    }

    @Test void outsidersComeFirstAndAreMarked() {
        var html = page(Language.EN, DeliveryState.RELEASED, "Subject");
        assertThat(html.indexOf("taro@partner.example")).isLessThan(html.indexOf("ichiro@example.co.jp"));
    }

    @Test void aSubjectFromOutsideCannotInject() {
        var html = page(Language.EN, DeliveryState.RELEASED, "</title><script>alert(1)</script>");
        assertThat(html).contains("&lt;/title&gt;&lt;script&gt;alert(1)").doesNotContain("<script>alert");
    }

    @Test void ofManyFilesAPageShowsAHundredAndLeadsToTheNext() {
        var one = SampleDelivery.in(DeliveryState.RELEASED, "Subject");
        var first = one.files().getFirst();
        var files = IntStream.rangeClosed(1, 250).mapToObj(i -> new DeliveryView.FileView(new UUID(8, i), "file-" + i + ".csv", first.mediaType(),
            first.sizeOctets(), first.sha256(), false, false, false, first.found())).toList();
        var grants = files.stream().map(file -> new DeliveryView.GrantView(file.id(), SampleDelivery.OUTSIDER, false, false, 0, 5, Ranges.NONE, Optional.empty(),
            Optional.empty())).toList();
        var many = new DeliveryView(one.id(), one.source(), one.sender(), one.subject(), one.messageId(), one.sizeOctets(), one.acceptedAt(), one.state(),
            one.revoked(), one.frozen(), one.contradicted(), one.nextReleaseAt(), one.expiresAt(), one.shredAt(), one.policyVersion(), one.parts(),
            one.recipients(), files, one.inMail(), grants);
        var second = Rendering.of(new SentPages.SentDelivery(SamplePage.of(Language.EN, "hanako@example.co.jp"), ShownDelivery.of(many, POLICY, 2)));
        assertThat(second).contains("Files 101 to 200 of 250", "?files=1", "?files=3", ">file-101.csv<", ">file-200.csv<", "250 files")
            .doesNotContain(">file-100.csv<", ">file-201.csv<");
        assertThat(second.split(">file-150.csv<", -1)).as("in the list of files, and as what its recipient got").hasSize(3);
    }

    @Test void theListShowsWhatIsHeldFirst() {
        var held = summary(1, "held one", DeliveryState.HELD);
        var html = Rendering.of(new SentPages.SentList(SamplePage.of(Language.EN, "hanako@example.co.jp"), List.of(held),
            List.of(summary(2, "old one", DeliveryState.RELEASED)), true, new UUID(9, 2).toString()));
        assertThat(html.indexOf("held one")).isLessThan(html.indexOf("old one"));
        assertThat(html).contains("/sent/" + held.id() + "/cancel", "/sent/" + held.id() + "/send-now", "?before=" + new UUID(9, 2),
            "2 attachments, 1.0 KB in all", "(1 outside the company)");
    }

    @Test void whatLeavesInTheMailItselfIsCountedInTheListAndOnItsPage() {
        var inMail = new InMail(true, 3, 2048);
        assertThat(row(Language.EN, 0, inMail)).contains(">3 attachments in the mail itself, 2.0 KB in all</p>").doesNotContain("No attachments");
        assertThat(row(Language.JA, 0, inMail)).contains(">メールに添付のまま 3 個・合計 2.0 KB</p>").doesNotContain("添付なし");
        assertThat(row(Language.EN, 2, new InMail(true, 1, 2048))).contains(">2 attachments, 1.0 KB in all &middot; 1 attachment in the mail itself, 2.0 KB</p>");
        assertThat(row(Language.EN, 0, new InMail(true, 0, 0))).as("encrypted, or from before they were counted").contains(">Perhaps attachments in the mail itself; how many can&#39;t be told</p>").doesNotContain("No attachments");
        assertThat(row(Language.EN, 0, InMail.NONE)).contains(">No attachments</p>");
        assertThat(row(Language.EN, 2, InMail.NONE)).contains(">2 attachments, 1.0 KB in all</p>");
        assertThat(page(Language.EN, SampleDelivery.waiting(inMail))).contains("3 attachments in the mail itself, 2.0 KB in all", "Once a copy has left, nothing takes these back.");
        assertThat(page(Language.JA, SampleDelivery.waiting(inMail))).contains("メールに添付のまま 3 個・合計 2.0 KB");
        assertThat(page(Language.EN, SampleDelivery.waiting(InMail.NONE))).doesNotContain("in the mail itself");
    }

    /** The line under the recipients, without the white space between tags. */
    private static String row(Language language, int files, InMail inMail) {
        var held = new Summary(new UUID(9, 1), SamplePage.NOW, "hanako@example.co.jp", "held", DeliveryState.HELD, new Standing.Parts(1, 1, 0, 0, 0, 0, 0),
            Optional.of(SamplePage.NOW.plusSeconds(90)), false, List.of("ichiro@example.co.jp"), 0, files, 1024, inMail);
        return Rendering.of(new SentPages.SentList(SamplePage.of(language, "hanako@example.co.jp"), List.of(held), List.of(), true, "")).replaceAll("\\s+<", "<").replaceAll(">\\s+", ">");
    }

    @Test void whateverIsHeldStandsSomewhere() {
        var first = summary(1, "first", DeliveryState.HELD);
        var beyond = summary(2, "beyond", DeliveryState.HELD);
        var released = summary(3, "released", DeliveryState.RELEASED);
        assertThat(SentPages.others(List.of(released, beyond, first), List.of(first))).containsExactly(released, beyond);
        assertThat(SentPages.others(List.of(beyond, first), List.of())).as("a page behind the first").containsExactly(beyond, first);
    }

    private static Summary summary(long id, String subject, DeliveryState state) {
        return summary(id, subject, state, new Standing.Parts(2, state == DeliveryState.HELD ? 2 : 0, 0, 0, 0, 0, 0));
    }

    private static Summary summary(long id, String subject, DeliveryState state, Standing.Parts parts) {
        return new Summary(new UUID(9, id), SamplePage.NOW, "hanako@example.co.jp", subject, state, parts,
            parts.held() > 0 ? Optional.of(SamplePage.NOW.plusSeconds(90)) : Optional.empty(), false,
            List.of("taro@partner.example", "ichiro@example.co.jp"), 1, 2, 1024, InMail.NONE);
    }

    private static String page(Language language, DeliveryState state, String subject) {
        return page(language, SampleDelivery.in(state, subject));
    }

    private static String page(Language language, DeliveryView delivery) {
        return Rendering.of(new SentPages.SentDelivery(SamplePage.of(language, "hanako@example.co.jp"),
            ShownDelivery.of(delivery, POLICY, 1)));
    }
}
