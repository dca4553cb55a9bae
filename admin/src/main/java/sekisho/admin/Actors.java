package sekisho.admin;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import sekisho.gateway.people.People;
import sekisho.pages.Page;

/** Says in words who did it, as the log names them. Asks for each person once. */
public final class Actors {

    private static final String PERSON = "person:";
    private static final Set<String> PARTS = Set.of("intake", "hold", "relay", "expiry", "removal", "scanner", "journal", "keys", "rewrap", "operator");

    private final Page page;
    private final People people;
    private final Map<String, String> known = new HashMap<>();

    public Actors(Page page, People people) {
        this.page = page;
        this.people = people;
    }

    /** @param actor {@code person:<uuid>} or a part of the product */
    public String name(String actor) {
        return known.computeIfAbsent(actor, this::look);
    }

    private String look(String actor) {
        if (actor.startsWith(PERSON)) {
            var id = UUID.fromString(actor.substring(PERSON.length()));
            return people.addressOf(id).map(page::visible).orElseGet(() -> page.say("admin.actor.unverified", id));
        }
        return PARTS.contains(actor) ? page.say("admin.actor." + actor) : actor;
    }
}
