package sekisho.mailhook.mime.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.tnef.TnefSink;
import sekisho.mailhook.mime.tnef.TnefWalker;

/** Checks one TNEF file ({@code winmail.dat}) against a list of what is in it, and a message that carries it against all that must hold. */
public final class WinmailCheck {

    private WinmailCheck() {
    }

    /** @return what was found out about a message with this file */
    public static CheckedMessage check(byte[] tnef) {
        return check(tnef, found(tnef), List.of());
    }

    /**
     * @param listed names of all files and bodies ({@code body.rtf}) that are in it
     * @return what was found out about a message with this file; what is missing, and what is found beside, among the violations
     */
    public static CheckedMessage check(byte[] tnef, List<String> listed) {
        List<Found> found = found(tnef);
        return check(tnef, found, differences(found == null ? List.of() : found, listed));
    }

    private static CheckedMessage check(byte[] tnef, @Nullable List<Found> found, List<String> differences) {
        CheckedMessage message = MessageCheck.check(message(tnef));
        List<String> violations = new ArrayList<>(message.violations());
        violations.addAll(differences);
        boolean files = found != null && found.stream().anyMatch(f -> f.kind == TnefSink.Kind.FILE);
        for (Found file : found != null && files ? found : List.<Found>of()) {
            if (!file.dropped && message.attachments().stream().noneMatch(a -> a.octets() == file.octets.size() && a.sha256().equals(sha256(file)))) {
                violations.add("a file in it is no attachment of its message");
            }
        }
        return new CheckedMessage(message.octets(), message.refused(), message.attachments(), message.stays(), violations, message.time(),
                message.peakOctets());
    }

    /** Each name stands for one that bears it. */
    private static List<String> differences(List<Found> found, List<String> listed) {
        List<String> differences = new ArrayList<>();
        List<Found> unlisted = new ArrayList<>(found);
        for (int i = 0; i < listed.size(); i++) {
            String name = listed.get(i);
            var one = unlisted.stream().filter(f -> f.names.contains(name)).findFirst();
            if (one.isPresent()) {
                unlisted.remove(one.get());
            } else {
                differences.add("what is listed as number " + (i + 1) + " is not found");
            }
        }
        unlisted.stream().filter(f -> !f.dropped).forEach(f -> differences.add("what is found as number " + (found.indexOf(f) + 1) + " is not listed"));
        return differences;
    }

    private static String sha256(Found file) {
        return MessageCheck.sha256(file.octets.toByteArray());
    }

    private static byte[] message(byte[] tnef) {
        return ("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: application/ms-tnef\r\n"
                + "Content-Transfer-Encoding: base64\r\n\r\n" + Base64.getMimeEncoder().encodeToString(tnef) + "\r\n--b--\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Null when it is damaged. */
    private static @Nullable List<Found> found(byte[] tnef) {
        List<Found> found = new ArrayList<>();
        var walker = new TnefWalker(kind -> {
            var one = new Found(kind);
            found.add(one);
            return one;
        });
        try {
            walker.accept(tnef, 0, tnef.length);
            return walker.end() ? found : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);   // nothing here does I/O
        }
    }

    private static final class Found implements TnefSink.Find {

        private final TnefSink.Kind kind;
        private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
        private List<String> names = List.of();
        private boolean dropped;

        Found(TnefSink.Kind kind) {
            this.kind = kind;
        }

        @Override
        public void write(byte[] b, int offset, int length) {
            octets.write(b, offset, length);
        }

        @Override
        public void named(List<String> declared, @Nullable String type) {
            names = declared;
        }

        @Override
        public void drop() {
            dropped = true;
        }
    }
}
