package sekisho.pages;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Sizes;
import sekisho.gateway.delivery.DeliveryState;
import sekisho.gateway.delivery.RecipientState;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.people.Person;
import sekisho.gateway.policy.Policy;

/**
 * What the layout and every template need: texts, formats, and who looks. Templates call it {@code page} and begin with
 * {@code {#include pages/layout page=page}}.
 */
public final class Page {

    private final Words words;
    private final Assets assets;
    private final Language language;
    private final ZoneId zone;
    private final Instant now;
    private final String path;
    private final @Nullable Person person;
    private final @Nullable Navigation navigation;
    private final String home;
    private final @Nullable Said said;

    Page(Words words, Assets assets, Language language, ZoneId zone, Instant now, String path, @Nullable Person person,
            @Nullable Navigation navigation, String home, @Nullable Said said) {
        this.words = words;
        this.assets = assets;
        this.language = language;
        this.zone = zone;
        this.now = now;
        this.path = path;
        this.person = person;
        this.navigation = navigation;
        this.home = home;
        this.said = said;
    }

    /** The text of a key; see {@link Words#say}. */
    public String say(String key, Object... values) {
        return words.say(language, key, values);
    }

    /** The text for one of several cases, such as a state: that of the key {@code first.which}. */
    public String sayOf(String first, Object which, Object... values) {
        return say(first + "." + which, values);
    }

    /** Whether there is a text for this key, for keys made from what the database or the log says. */
    public boolean has(String key) {
        return words.keys().contains(key);
    }

    /** A rule of the policy as people call it: what no rule of the file decides has a name too. */
    public String rule(String name) {
        return name.equals(Policy.STANDARD) ? say("rule.standard") : say("rule.named", visible(name));
    }

    public String lang() {
        return language.tag();
    }

    public String otherLang() {
        return language.other().tag();
    }

    /** The other language's name, in that language. */
    public String otherLangName() {
        return words.say(language.other(), "language.name");
    }

    /** Path and query of this page, to come back to. */
    public String path() {
        return path;
    }

    /**
     * Where trying again leads: this page, or the area's first one when its address is none that a link of ours may have. Whoever made up
     * {@code //elsewhere} while something is broken gets no button that leads there.
     */
    public String again() {
        return LocalPath.or(path, home);
    }

    /** Path of an asset with its version, so that browsers may keep it. */
    public String asset(String name) {
        return assets.path(name);
    }

    /** Date, weekday, time, zone and offset. */
    public String time(Instant instant) {
        return Formats.time(instant, language, zone);
    }

    /** {@link #time} to the second, for lists of what happened. */
    public String exactTime(Instant instant) {
        return Formats.exactTime(instant, language, zone);
    }

    /** Octets in the largest unit that fits. */
    public String size(long octets) {
        return Sizes.text(octets);
    }

    /** How long it is from now until {@code instant}. */
    public String left(Instant instant) {
        return Formats.left(Duration.between(now, instant), words, language);
    }

    /** Part of a whole in whole percent: 0 only for nothing, 100 only for everything. */
    public int percent(long part, long whole) {
        return Formats.percent(part, whole);
    }

    /** Text that strangers wrote, such as a file's name or a subject, without characters that make it look like another. */
    public String visible(String text) {
        return VisibleText.of(text);
    }

    /** {@link #visible} of a file's name; words in its place when nobody can tell it any more. */
    public String fileName(String name) {
        return name.isEmpty() ? say("file.nameless") : visible(name);
    }

    /** What came of the change just made; empty when there was none. */
    public String said() {
        return said == null || !words.keys().contains("said." + said.key()) ? "" : say("said." + said.key(), said.count());
    }

    /** The class of the box around {@link #said}: {@code good} or {@code bad}. */
    public String saidKind() {
        return said == null ? "" : said.kind();
    }

    /** The class of a delivery's badge. */
    public String kind(DeliveryState state) {
        return switch (state) {
            case HELD -> "wait";
            case RELEASED -> "good";
            case CANCELLED, REVOKED, FAILED -> "bad";
            case EXPIRED, SHREDDED -> "";
        };
    }

    /** The class of a recipient's badge. */
    public String kind(RecipientState state) {
        return switch (state) {
            case HELD -> "wait";
            case RELEASED -> "good";
            case CANCELLED, REVOKED, FAILED -> "bad";
            case EXPIRED, SHREDDED -> "";
        };
    }

    public boolean signedIn() {
        return person != null;
    }

    /** The address of who is signed in; a text in its place when the issuer vouches for none. */
    public String who() {
        return person == null ? "" : person.address().map(EmailAddress::toString).orElseGet(() -> say("who.unverified"));
    }

    public List<NavLink> nav() {
        return navigation == null || person == null ? List.of() : navigation.links(person);
    }

    /** Whether this page is the one, or below the one, that a link leads to. */
    public boolean isAt(String place) {
        return path.equals(place) || path.startsWith(place + "/") || path.startsWith(place + "?");
    }

    /** The first page of this area of the site, for whoever doesn't know where to go. */
    public String home() {
        return home;
    }

    public String signOutPath() {
        return navigation == null ? "/sign-out" : navigation.signOutPath();
    }
}
