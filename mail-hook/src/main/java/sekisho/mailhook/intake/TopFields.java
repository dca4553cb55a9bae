package sekisho.mailhook.intake;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.mime.header.EncodedWords;
import sekisho.mailhook.mime.header.HeaderBlock;

/**
 * Collects a message's header while it streams by, if somebody asks for any of its fields, and gives the values of those. What is past the
 * limit doesn't matter: the splitter refuses the message then.
 */
final class TopFields {

    private final Set<String> names;
    private final int limitOctets;
    private final ByteArrayOutputStream header = new ByteArrayOutputStream(0);
    private boolean atLineStart = true;
    private boolean over;
    private @Nullable HeaderBlock block;

    /** @param names in lower case */
    TopFields(Set<String> names, int limitOctets) {
        this.names = names;
        this.limitOctets = limitOctets;
        this.over = names.isEmpty();
    }

    void feed(byte[] octets, int offset, int length) {
        int at = offset;
        for (int end = offset + length; at < end && !over; at++) {
            boolean lineEnds = octets[at] == '\n';
            over = lineEnds && atLineStart;
            atLineStart = lineEnds || atLineStart && octets[at] == '\r';
        }
        int room = limitOctets - header.size();
        if (at > offset && room > 0) {
            header.write(octets, offset, Math.min(at - offset, room));
        }
    }

    /** By name; every field of that name has its place in the list. */
    Map<String, List<String>> values() {
        var found = new TreeMap<String, List<String>>();
        for (var name : names) {
            var values = raw(name).stream().map(EncodedWords::decode).toList();
            if (!values.isEmpty()) {
                found.put(name, values);
            }
        }
        return found;
    }

    /** The values of one of the names as they stand in the message, whole, one char for each octet. */
    List<String> raw(String name) {
        if (block == null) {
            block = HeaderBlock.parse(header.toByteArray(), header.size());
        }
        return block.values(name);
    }
}
