package sekisho.fuzz;

import sekisho.mailhook.mime.header.EncodedWords;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.Parameters;

/** A header block with its parameters and encoded words: every field is read, and fields lie inside the block, in order, none over another. */
public final class HeaderTarget {

    private HeaderTarget() {
    }

    public static void fuzzerTestOneInput(byte[] octets) {
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
        }
    }
}
