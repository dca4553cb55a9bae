package sekisho.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import sekisho.mailhook.mime.Forwarded;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.mime.SplitRules;
import sekisho.mailhook.mime.check.MessageCheck;
import sekisho.mailhook.mime.rewrite.Place;

/** A message through splitting and rewriting; what the corpus check calls a violation is a find. */
public final class SplitterTarget {

    private static final byte[] ORDINARY = ("""
        From: a@example.co.jp
        To: b@partner.example
        Subject: =?utf-8?B?6Zai5omA?=
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: multipart/alternative; boundary=a

        --a
        Content-Type: text/plain; charset=utf-8

        See the file.
        --a
        Content-Type: text/html; charset=utf-8

        <html><body><p>See the file.</p></body></html>
        --a--
        --b
        Content-Type: application/pdf; name=a.pdf
        Content-Disposition: attachment; filename=a.pdf
        Content-Transfer-Encoding: base64

        JVBERi0xLjQK
        --b--
        """).getBytes(StandardCharsets.US_ASCII);

    private SplitterTarget() {
    }

    /** What has to be loaded is, before the clock of the first input runs. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput(ORDINARY);
    }

    public static void fuzzerTestOneInput(byte[] octets) {
        if (new String(octets, StandardCharsets.ISO_8859_1).contains(MessageCheck.URL)) {
            return;   // the fuzzer saw it in what it was compared with, and wrote it in: then it is shown twice, and rightly so
        }
        // one place of the link block for each input, and one answer to what becomes of an attached message and of what a report returns, by chance: all of them take twelve times as long
        int choice = Arrays.hashCode(octets) & Integer.MAX_VALUE;
        var place = Place.values()[choice % Place.values().length];
        int answers = choice / Place.values().length;
        var rules = new SplitRules(SplitLimits.defaults(), (answers & 2) == 0 ? Forwarded.WHOLE : Forwarded.INSIDE, (answers & 1) == 0);
        var violations = MessageCheck.check(MessageCheck.asSent(octets), rules, List.of(place)).violations().stream()
            .filter(violation -> !violation.startsWith("splitting took"))   // the fuzzer has a watch of its own
            .toList();
        if (!violations.isEmpty()) {
            throw new IllegalStateException(String.join("; ", violations));
        }
    }
}
