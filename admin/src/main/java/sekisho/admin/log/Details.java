package sekisho.admin.log;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import sekisho.gateway.audit.Ranges;
import sekisho.pages.Page;

/**
 * What an event says beside its type, in words. Names and values from a closed set are said in the page's language and times in its form;
 * what is free, such as a rule's name or a hash, stays as it stands in the log, and so does a name that this version doesn't know.
 */
final class Details {

    /** Values of these are from a closed set: the text of {@code admin.log.value.<name>.<value>}. */
    private static final Set<String> CLOSED = Set.of("what", "as", "reason", "objection", "source", "kind", "scan", "told", "unanswered", "pair");
    private static final Set<String> TIMES = Set.of("since", "last", "next", "shred", "replayed");
    private static final Set<String> SIZES = Set.of("octets", "inMailOctets", "at");
    /** Names that end in an id after a colon: whom or what they are about. */
    private static final Set<String> OF_ONE = Set.of("file", "recipient", "rule", "scan", "record");

    private static final int MOST = 24;

    private final Page page;

    Details(Page page) {
        this.page = page;
    }

    /**
     * One of them.
     *
     * @param about id of the file or recipient that it is about; empty for the event itself
     */
    record Detail(String name, String about, String value, boolean code) {
    }

    /** The first ones, by name, and how many more there are: an event about a thousand files tells thousands. */
    List<Detail> of(Map<String, String> details) {
        var shown = new TreeMap<>(details).entrySet().stream().limit(MOST).map(each -> detail(each.getKey(), each.getValue()));
        return details.size() <= MOST ? shown.toList() : Stream.concat(shown,
            Stream.of(new Detail(page.say("admin.log.detail.more"), "", Integer.toString(details.size() - MOST), false))).toList();
    }

    private Detail detail(String key, String value) {
        int colon = key.indexOf(':');
        var name = colon > 0 && OF_ONE.contains(key.substring(0, colon)) ? key.substring(0, colon) : key;
        var about = name.equals(key) ? "" : key.substring(colon + 1);
        var label = "admin.log.detail." + (about.isEmpty() ? name : "of." + name);
        if (!page.has(label)) {
            return new Detail(page.visible(key), "", page.visible(value), true);
        }
        var said = value(name, value);
        return new Detail(page.say(label), about, said.isEmpty() ? page.visible(value) : said, said.isEmpty());
    }

    /** In words; empty when it stands as it is. */
    private String value(String name, String value) {
        if (CLOSED.contains(name)) {
            return known("admin.log.value." + name + "." + value.replace(' ', '_'));
        }
        if (name.equals("rule")) {
            return page.rule(value);
        }
        if (name.equals("route") && value.equals("all")) {
            return page.say("admin.log.value.route.all");
        }
        try {
            if (name.equals("ranges")) {
                return String.join(page.say("admin.comma"), Ranges.parse(value).texts());
            }
            return TIMES.contains(name) ? page.exactTime(Instant.parse(value)) : SIZES.contains(name) ? page.size(Long.parseLong(value)) : "";
        } catch (DateTimeException | IllegalArgumentException asItStands) {
            return "";
        }
    }

    private String known(String key) {
        return page.has(key) ? page.say(key) : "";
    }
}
