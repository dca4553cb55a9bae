package sekisho.mailhook.mime;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The images that the HTML bodies of a message show: they stay, as far as there is room. */
final class ShownImages {

    private static final int MAX_SHOWN = 4_000;

    private final long roomOctets;
    private final Map<String, Integer> shown = new HashMap<>();   // how many more images each HTML body may show under that name
    private long octets;

    /** @param roomOctets of all images together that stay */
    ShownImages(long roomOctets) {
        this.roomOctets = roomOctets;
    }

    /** An HTML body has ended that shows these, in the form of {@link HtmlBody#key}. */
    void shownBy(Set<String> body) {
        if (shown.size() < MAX_SHOWN) {
            body.forEach(image -> shown.merge(image, 1, Integer::sum));
        }
    }

    /** Whether an image stays; if so it has taken its room, and its place: each body shows one, a second of that name is seen by nobody. */
    boolean show(@Nullable String contentId, long imageOctets) {
        String key = contentId == null ? "" : HtmlBody.key(contentId);
        if (shown.getOrDefault(key, 0) == 0 || octets + imageOctets > roomOctets) {
            return false;
        }
        shown.merge(key, -1, Integer::sum);
        octets += imageOctets;
        return true;
    }
}
