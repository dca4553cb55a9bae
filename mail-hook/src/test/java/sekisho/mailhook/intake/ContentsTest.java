package sekisho.mailhook.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.MessageFacts;
import sekisho.inspection.FileType;
import sekisho.inspection.Protection;
import sekisho.inspection.clamav.Verdict;
import sekisho.mailhook.mime.CmsOctets;
import sekisho.mailhook.mime.MessageSplitter;
import sekisho.mailhook.mime.NothingKept;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.mime.SplitResult;

class ContentsTest {

    private static final byte[] DOCUMENT = "%PDF-1.7 and pages".getBytes(StandardCharsets.US_ASCII);

    private static MessageFacts.Content content(String type, boolean tooLarge) throws Exception {
        var examined = new Examined(Optional.empty(), Optional.empty(), Optional.of(new Verdict.Unavailable("not read", tooLarge)));
        var splitter = new MessageSplitter(SplitLimits.defaults(), new NothingKept());
        byte[] message = ("Content-Type: " + type + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + CmsOctets.base64(CmsOctets.signed(DOCUMENT)) + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
        splitter.feed(message, 0, message.length);
        var layout = ((SplitResult.Split) splitter.end()).layout();
        return Contents.of(layout, splitter.staying(), new TopFields(Set.of(), 1000), _ -> examined, Optional.empty());
    }

    /** It is one file, whichever reader is right. */
    @Test
    void aFileThatSomeReadersDecodeIsJudgedByBothReadings() throws Exception {
        String encoded = CmsOctets.base64("PK and so on".repeat(100).getBytes(StandardCharsets.US_ASCII)).replaceAll("(.)", "$1!");
        var splitter = new MessageSplitter(SplitLimits.defaults(), new NothingKept());
        byte[] message = ("Content-Type: application/zip; name=plan.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded + "\r\n").getBytes(StandardCharsets.US_ASCII);
        splitter.feed(message, 0, message.length);
        var layout = ((SplitResult.Split) splitter.end()).layout();
        int index = layout.attachments().getFirst().index();
        var raw = new Examined(Optional.of(FileType.UNKNOWN), Optional.of(Protection.NONE), Optional.of(new Verdict.Clean()));
        var decoded = new Examined(Optional.of(FileType.ZIP), Optional.of(Protection.PASSWORD), Optional.of(new Verdict.Infected("a find")));
        var content = Contents.of(layout, splitter.staying(), new TopFields(Set.of(), 1000), fact -> fact.index() == index ? raw : decoded, Optional.empty());
        assertThat(content.files()).singleElement().satisfies(file -> {
            assertThat(file.name()).isEqualTo("plan.zip");
            assertThat(file.examined().protection()).contains(Protection.PASSWORD);
            assertThat(file.examined().type()).contains(FileType.UNKNOWN);
            assertThat(file.decodedType()).contains(FileType.ZIP);
        });
        assertThat(content.find()).contains("a find");
    }

    /** Whatever name a reader takes, a computer drops from it what it drops from the one that is shown. */
    @ParameterizedTest
    @ValueSource(strings = {"filename=\"plan.exe.\"", "filename=\"plan.exe \"", "filename=\"'plan.exe'\"", "filename=\"../plan.exe\"", "name*=utf-8''plan.ex%E2%80%8Be"})
    void eachNameIsJudgedAsItIsWrittenAndAsItIsSaved(String other) throws Exception {
        var splitter = new MessageSplitter(SplitLimits.defaults(), new NothingKept());
        byte[] message = ("Content-Disposition: attachment; filename*=utf-8''invoice.pdf; " + other + "\r\n\r\nx\r\n").getBytes(StandardCharsets.US_ASCII);
        splitter.feed(message, 0, message.length);
        var layout = ((SplitResult.Split) splitter.end()).layout();
        var file = Contents.of(layout, splitter.staying(), new TopFields(Set.of(), 1000), _ -> Examined.NOT, Optional.empty()).files().getFirst();
        assertThat(file.name()).isEqualTo("invoice.pdf");
        assertThat(file.otherNames()).containsAll(layout.attachments().getFirst().otherNames()).contains("plan.exe");
    }

    /** Else a large signed document couldn't wait to be scanned, as any other large file does. */
    @Test
    void whatIsInsideAnAttachmentIsTooLargeWithIt() throws Exception {
        var attached = content("application/octet-stream; name=contract.pdf.p7m", true);
        assertThat(attached.attachments()).hasSize(1);
        assertThat(attached.shown()).isEmpty();
        assertThat(content("application/octet-stream; name=contract.pdf.p7m", false).shown()).as("the scanner is away").isNotEmpty();
    }
}
