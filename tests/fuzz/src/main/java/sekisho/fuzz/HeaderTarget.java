package sekisho.fuzz;

import sekisho.mailhook.binary.BinaryMimeFuzz;
import sekisho.mailhook.intake.AuthorFuzz;
import sekisho.mailhook.mime.header.EncodedWords;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.Parameters;
import sekisho.mailhook.mime.names.DeclaredNames;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.ProxyFuzz;

/**
 * A header block with its parameters and encoded words: every field is read, and fields lie inside the block, in order, none over another. Each is read, too, as
 * if it named a file, the authors, and a mailbox of the envelope: what is understood means the same when we write it. The whole is taken, too, for what a proxy says
 * of a connection, and for a message with binary parts.
 */
public final class HeaderTarget {

    private HeaderTarget() {
    }

    public static void fuzzerTestOneInput(byte[] octets) {
        ProxyFuzz.read(octets);
        BinaryMimeFuzz.convert(octets);
        var header = HeaderBlock.parse(octets, octets.length);
        int end = 0;
        for (var field : header.fields()) {
            if (field.start() < end || field.valueStart() < field.start() || field.end() < field.valueStart() || field.end() > octets.length) {
                throw new IllegalStateException("a field from " + field.start() + " to " + field.end() + " behind " + end);
            }
            end = field.end();
            var value = header.value(field);
            EncodedWords.decode(value);
            var parameters = Parameters.parse(value);
            for (var raw : parameters.all()) {
                if (parameters.readings(raw.name().replaceAll("\\*.*", "")).stream().anyMatch(reading -> reading.length() > value.length())) {
                    throw new IllegalStateException("a parameter that is longer than its field");
                }
            }
            for (var name : DeclaredNames.declared(value, value)) {
                requireSafe(DeclaredNames.safe(name));
            }
            AuthorFuzz.read(value);
            path(value.strip());
        }
    }

    /** What no system takes for a folder, and no reader for something else. */
    private static void requireSafe(String name) {
        if (name.chars().anyMatch(c -> c < ' ' || c == 0x7F || c == '/' || c == '\\') || name.equals(".") || name.equals("..")) {
            throw new IllegalStateException("a name that isn't safe: " + name);
        }
    }

    private static void path(String text) {
        Mailbox mailbox;
        try {
            mailbox = Mailbox.parse(text);
        } catch (IllegalArgumentException notOne) {
            return;
        }
        if (!Mailbox.parse(mailbox.toString()).equals(mailbox)) {
            throw new IllegalStateException("another mailbox when it is written: " + mailbox);
        }
    }
}
