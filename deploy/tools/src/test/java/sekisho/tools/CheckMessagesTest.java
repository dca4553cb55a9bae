package sekisho.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.mailhook.mime.check.MessageCheck;

class CheckMessagesTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int check() throws CommandException {
        return check(folder);
    }

    private int check(Path named) throws CommandException {
        return new CheckMessages().run(List.of(named.toString()), new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @Test
    void everyMessageBelowTheFolderIsReported() throws Exception {
        Files.writeString(folder.resolve("a.eml"), "Subject: x\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-1.7 and more\n");
        Files.createDirectory(folder.resolve("below"));
        Files.writeString(folder.resolve("below/b.MSG"), "Subject: y\n\ntext\n");
        Files.writeString(folder.resolve("c.txt"), "not a message");
        assertThat(check()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("a.eml: ").contains("attachment: a.pdf  application/pdf  19 octets  sha256 ")
                .contains("b.MSG: ").doesNotContain("c.txt").contains("2 messages").contains("1 with attachments (1 in all), 0 refused, 0 wrong");
    }

    @Test
    void aRefusedMessageIsNamedWithItsReasonAndNothingIsWrong() throws Exception {
        Files.writeString(folder.resolve("a.eml"), "Content-Type: multipart/mixed; boundary=a; boundary=b\n\nx\n");
        assertThat(check()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("refused: 5.6.0 contradictory multipart boundaries");
    }

    @Test
    void whatTheListenerRefusesForItsTextIsRefusedHere() throws Exception {
        Files.write(folder.resolve("nul.eml"), "Subject: x\n\na\0b\n".getBytes(StandardCharsets.US_ASCII));
        Files.write(folder.resolve("cr.eml"), "Subject: x\n\na\rb\n".getBytes(StandardCharsets.US_ASCII));
        Files.write(folder.resolve("last.eml"), "Subject: x\n\na\r".getBytes(StandardCharsets.US_ASCII));
        Files.writeString(folder.resolve("long.eml"), "Subject: x\n\n" + "a".repeat((1 << 20) + 1) + "\n");
        Files.writeString(folder.resolve("longest.eml"), "Subject: x\n\n" + "a".repeat(1 << 20) + "\n");
        assertThat(check()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).containsPattern("(?s)nul.eml: [^:]+refused: 5.6.11 NUL in the message")
                .containsPattern("(?s)cr.eml: [^:]+refused: 5.6.11 lone CR or LF").containsPattern("(?s)last.eml: [^:]+refused: 5.6.11 lone CR or LF")
                .containsPattern("(?s)long.eml: [^:]+refused: 5.6.0 a line of the message is longer than 1048576 octets")
                .containsPattern("longest.eml: [^:]+\n  stays: [^:]+\n  good: ").contains("5 messages", "4 refused, 0 wrong");
    }

    @Test
    void aMessageThatBreaksAPromiseIsWrong() throws Exception {
        Files.writeString(folder.resolve("a.eml"), """
                Subject: x
                Content-Type: multipart/mixed; boundary=b

                --b

                see %s
                --b
                Content-Type: application/pdf; name=a.pdf

                %%PDF-1.7 and more
                --b--
                """.formatted(MessageCheck.URL));
        assertThat(check()).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("  WRONG: ", "1 messages", "0 refused, 1 wrong");
    }

    @Test
    void outlooksOwnFormatIsLeftOut() throws Exception {
        Files.write(folder.resolve("a.msg"), new byte[] {(byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0, 0, 0});
        assertThatThrownBy(this::check).isInstanceOf(CommandException.class).hasMessageStartingWith("nothing was checked");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("a.msg: not an Internet message").contains("0 messages", "0 wrong, 1 left out");
        Files.writeString(folder.resolve("b.eml"), "Subject: x\n\ntext\n");
        assertThat(check()).as("beside one that was").isZero();
    }

    @Test
    void aWinmailFileMustHoldWhatTheListBesideItNamesAndNothingElse() throws Exception {
        // magic, key; attAttachRenddata, attAttachTitle "a.txt", attAttachData "hi", each with level, id, type, length and sum
        Files.write(folder.resolve("a.tnef"), java.util.HexFormat.of().parseHex("789f3e220100" + "0202900600" + "00000000" + "0000"
                + "0210800100" + "06000000" + "612e74787400" + "ef01" + "020f800600" + "02000000" + "6869" + "d100"));
        Files.writeString(folder.resolve("a.list"), "a.txt\n");
        assertThat(check()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("attachment: a.txt  application/octet-stream  2 octets").contains("0 wrong");
        Files.writeString(folder.resolve("a.list"), "a.txt\nb.txt\n");
        assertThat(check()).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("WRONG: what is listed as number 2 is not found");
        Files.writeString(folder.resolve("a.list"), "a.txt\na.txt\n");
        assertThat(check()).as("one file isn't two").isEqualTo(1);
        Files.writeString(folder.resolve("a.list"), "\n");
        assertThat(check()).as("a list of nothing").isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("WRONG: what is found as number 1 is not listed");
        var better = Files.createDirectory(folder.resolve("better"));
        Files.writeString(better.resolve("a.list"), "a.txt\n");
        assertThat(new CheckMessages().run(List.of(folder.toString(), "--lists", better.toString()), new PrintStream(out, true, StandardCharsets.UTF_8)))
            .as("one that is better than that beside it").isZero();
        Files.delete(folder.resolve("a.list"));
        assertThat(check()).as("without a list").isZero();
    }

    @Test
    void aMessageInALoopIsRefused() throws Exception {
        Files.writeString(folder.resolve("loop.eml"), "Received: x\n".repeat(51) + "Subject: x\n\ntext\n");
        Files.writeString(folder.resolve("long-way.eml"), "Received: x\n".repeat(50) + "Subject: x\n\ntext\n");
        assertThat(check()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).containsPattern("loop.eml: [^:]+\n  refused: 5.4.6 too many Received fields").contains("1 refused, 0 wrong");
    }

    @Test
    void whatIsTooLargeForTheHookIsRefusedAndWhatIsTooLargeForMemoryLeftOut() throws Exception {
        largeFile("hook.eml", (2L << 30) + 1);
        largeFile("memory.eml", 2L << 30);
        assertThat(check()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("hook.eml: 2147483649 octets\n  refused: 5.3.4 message larger than 2147483648 octets",
            "memory.eml: larger than 256 MiB; left out", "1 messages", "1 refused, 0 wrong, 1 left out");
    }

    @Test
    void theLimitsAreThoseOfTheHooksSettings() throws Exception {
        Files.writeString(folder.resolve("parts.eml"), "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n".repeat(20) + "--b--\n");
        Files.writeString(folder.resolve("long.eml"), "Subject: x\n\n" + "y".repeat(70).concat("\n").repeat(200));
        assertThat(check()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("0 refused");
        var settings = Files.writeString(folder.resolve("application.properties"), "mail-hook.limits.parts=10\nmail-hook.limits.message=10K\n");
        assertThat(new CheckMessages().run(List.of(folder.toString(), "--settings", settings.toString()), new PrintStream(out, true, StandardCharsets.UTF_8))).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).containsPattern("parts.eml: [^:]+\n  refused: ").containsPattern("long.eml: [^:]+\n  refused: 5.3.4 ").contains("2 refused, 0 wrong");
        Files.writeString(settings, "mail-hook.limits.parts=none\n");
        assertThatThrownBy(() -> new CheckMessages().run(List.of(folder.toString(), "--settings", settings.toString()), System.out))
            .isInstanceOf(CommandException.class).hasMessageContaining("--settings");
    }

    private void largeFile(String name, long octets) throws Exception {
        try (var file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
            file.setLength(octets);   // takes no room
        }
    }

    @Test
    void linksAreFollowed() throws Exception {
        Files.createDirectories(folder.resolve("mail/below"));
        Files.writeString(folder.resolve("mail/a.eml"), "Subject: x\n\ntext\n");
        Files.createDirectory(folder.resolve("other"));
        Files.writeString(folder.resolve("other/b.eml"), "Subject: y\n\ntext\n");
        Files.createSymbolicLink(folder.resolve("mail/below/link"), folder.resolve("other"));
        var link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("mail"));
        assertThat(check(link)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("a.eml: ", "below/link/b.eml: ", "2 messages");
    }

    @Test
    void whatItCannotLookAtIsNotCalledGood() throws Exception {
        assertThatThrownBy(this::check).as("empty").isInstanceOf(CommandException.class).hasMessageContaining("no .eml, .msg or .tnef file in " + folder);
        Files.writeString(folder.resolve("a.eml"), "Subject: x\n\ntext\n");
        var round = Files.createSymbolicLink(folder.resolve("round"), folder);
        assertThatThrownBy(this::check).as("without an end").isInstanceOf(CommandException.class).hasMessageContaining("cannot list " + folder)
            .hasMessageContaining(round.toString());
    }

    @Test
    void withoutAFolderItSaysWhatItNeeds() {
        assertThatThrownBy(() -> new CheckMessages().run(List.of(folder + "/nothing"), System.out))
                .isInstanceOf(CommandException.class).hasMessageContaining("one folder");
    }
}
