package sekisho.pages;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.people.Person;
import sekisho.gateway.people.Role;

/** What templates get in tests: a page without a request behind it. */
public final class SamplePage {

    public static final Instant NOW = Instant.parse("2026-11-22T05:03:22Z");

    private SamplePage() {
    }

    public static Page of(Language language, @Nullable String address) {
        var person = address == null ? null
            : new Person(new UUID(1, 1), Optional.of(EmailAddress.parse(address).orElseThrow()), Set.of(Role.SENDER));
        return new Page(words(), new Assets(), language, ZoneId.of("Asia/Tokyo"), NOW, "/sample", person, null, "/", null);
    }

    /** The texts of this module and the kit's. */
    public static Words words() {
        return Words.load(SamplePage.class.getClassLoader());
    }
}
