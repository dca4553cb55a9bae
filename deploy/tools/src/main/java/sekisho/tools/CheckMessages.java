package sekisho.tools;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

import sekisho.mailhook.intake.MessageLimits;
import sekisho.mailhook.mime.check.CheckedMessage;
import sekisho.mailhook.mime.check.MessageCheck;
import sekisho.mailhook.mime.check.WinmailCheck;

/**
 * Puts every message below a folder through the listener's rules for text, splitting and rewriting, without database or network, and says what would
 * become of it. For an administrator before the switch-over, and for ourselves over the corpora. The report names files
 * and attachments: it goes to whoever has the messages anyway.
 *
 * <p>A {@code .tnef} file is checked as the {@code winmail.dat} of a message; if there is a {@code .list} for it, in the folder of lists or beside it, what that names, a line
 * each, must be in it, and nothing else ({@link WinmailLists}).
 */
public final class CheckMessages implements Command {

    private static final byte[] OUTLOOK = {(byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0};

    private MessageLimits limits = MessageLimits.defaults();
    private WinmailLists lists = WinmailLists.BESIDE;
    private int messages;
    private int withAttachments;
    private int attachments;
    private int refused;
    private int leftOut;
    private int wrong;
    private long octets;
    private long slowestMillis;

    /** The command is called once for each run. */
    public CheckMessages() {
    }

    @Override
    public String name() {
        return "check-messages";
    }

    @Override
    public String usage() {
        return "check-messages DIR [--lists DIR] [--settings FILE]";
    }

    @Override
    public int run(List<String> arguments, PrintStream out) throws CommandException {
        var options = Options.parse(arguments, Set.of("lists", "settings"));
        List<String> words = options.words();
        if (words.size() != 1 || !Files.isDirectory(Path.of(words.getFirst()))) {
            throw new CommandException("check-messages takes one folder with .eml, .msg or .tnef files in it or below; .msg files in Outlook's own format are left out");
        }
        Path folder = Path.of(words.getFirst());
        lists = options.one("lists").map(WinmailLists::in).orElse(WinmailLists.BESIDE);
        limits = HookLimits.of(options.one("settings"));
        List<Path> files = files(folder);
        if (files.isEmpty()) {
            throw new CommandException("there is no .eml, .msg or .tnef file in " + folder + " or below");
        }
        for (Path file : files) {
            checkFile(folder, file, out);
        }
        out.printf(Locale.ROOT, "%n%d messages, %d octets: %d with attachments (%d in all), %d refused, %d wrong, %d left out; slowest %d ms%n",
                messages, octets, withAttachments, attachments, refused, wrong, leftOut, slowestMillis);
        if (messages == 0) {
            throw new CommandException("nothing was checked: all that is in " + folder + " or below was left out");
        }
        return wrong == 0 ? GOOD : BAD;
    }

    private static List<Path> files(Path folder) throws CommandException {
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return all.filter(Files::isRegularFile).filter(CheckMessages::isMessage).sorted().toList();
        } catch (UncheckedIOException e) {   // what is below it
            throw new CommandException("cannot list " + folder + ": " + e.getCause(), e);
        } catch (IOException e) {
            throw new CommandException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    private static boolean isMessage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".eml") || name.endsWith(".msg") || isTnef(file);
    }

    private static boolean isTnef(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".tnef");
    }

    private void checkFile(Path folder, Path file, PrintStream out) throws CommandException {
        Path shown = folder.relativize(file);
        byte[] content;
        try {
            if (Files.size(file) > MessageCheck.MAX_OCTETS) {
                tooLargeForMemory(shown, Files.size(file), out);
                return;
            }
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CommandException("cannot read " + file + ": " + e.getMessage(), e);
        }
        if (content.length >= 4 && java.util.Arrays.equals(content, 0, 4, OUTLOOK, 0, 4)) {
            out.println(shown + ": not an Internet message but Outlook's own format; left out");
            leftOut++;
            return;
        }
        System.gc();   // what earlier messages left behind is no memory of this one
        report(shown, isTnef(file) ? winmail(file, content) : message(MessageCheck.asSent(content)), out);
    }

    private void tooLargeForMemory(Path shown, long size, PrintStream out) {
        var refusal = limits.sizeRefusal(size);
        if (refusal.isPresent()) {
            out.println(shown + ": " + size + " octets\n  refused: " + refusal.get());
            messages++;
            octets += size;
            refused++;
        } else {
            out.println(shown + ": larger than " + (MessageCheck.MAX_OCTETS >> 20) + " MiB; left out");
            leftOut++;
        }
    }

    private CheckedMessage message(byte[] sent) {
        var checked = MessageCheck.check(sent, limits.split());
        return limits.refusal(sent).map(checked::refusedFor).orElse(checked);
    }

    private CheckedMessage winmail(Path file, byte[] content) throws CommandException {
        var listed = lists.of(file);
        return listed.isPresent() ? WinmailCheck.check(content, listed.get()) : WinmailCheck.check(content);
    }

    private void report(Path file, CheckedMessage message, PrintStream out) {
        messages++;
        octets += message.octets();
        attachments += message.attachments().size();
        withAttachments += message.attachments().isEmpty() ? 0 : 1;
        refused += message.refused() == null ? 0 : 1;
        wrong += message.violations().isEmpty() ? 0 : 1;
        slowestMillis = Math.max(slowestMillis, message.time().toMillis());
        out.printf(Locale.ROOT, "%s: %d octets, %d ms, peak %d MiB%n", file, message.octets(), message.time().toMillis(),
                message.peakOctets() >> 20);
        if (message.refused() != null) {
            out.println("  refused: " + message.refused());
        }
        for (CheckedMessage.Attachment a : message.attachments()) {
            out.println("  attachment: " + a.name() + "  " + a.type() + "  " + a.octets() + " octets  sha256 " + a.sha256());
        }
        message.stays().forEach(part -> out.println("  stays: " + part));
        if (message.violations().isEmpty()) {
            out.println(message.refused() == null ? "  good: the rest is bit-identical" : "  good");
        }
        message.violations().forEach(violation -> out.println("  WRONG: " + violation));
    }
}
