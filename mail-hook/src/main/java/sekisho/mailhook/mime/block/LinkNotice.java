package sekisho.mailhook.mime.block;

import java.net.URI;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * What a link block tells its reader.
 *
 * @param company       whose employee sent the message
 * @param names         what is told of the files
 * @param closes        when the link stops working, in the zone it is to be shown in
 * @param url           {@code http} or {@code https}, in ASCII
 * @param maskedAddress whose sign-in opens the link, as {@code t•••@example.co.jp}
 */
public record LinkNotice(String company, List<FileLine> files, Names names, ZonedDateTime closes, URI url, String maskedAddress) {

    /** What whoever sees the message learns of the files before signing in. */
    public enum Names {
        /** Names and sizes. */
        LIST,
        /** How many there are. */
        COUNT
    }

    /** A file and its size. */
    public record FileLine(String name, long octets) {
    }

    public LinkNotice {
        files = List.copyOf(files);
        String scheme = url.getScheme();
        if (files.isEmpty() || !"https".equals(scheme) && !"http".equals(scheme) || !url.toString().chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException("a link block names at least one file and an ASCII http or https URL");
        }
    }
}
