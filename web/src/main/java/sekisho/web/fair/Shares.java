package sekisho.web.fair;

import java.util.HashMap;
import java.util.Map;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.people.Person;

/** So much at once on this node, and so much of it for one person. */
public final class Shares {

    private final int atOnce;
    private final int perPerson;
    private final Map<String, Integer> taken = new HashMap<>();
    private int all;

    /**
     * @param atOnce    for everybody together
     * @param perPerson for one proved address
     */
    public Shares(int atOnce, int perPerson) {
        this.atOnce = atOnce;
        this.perPerson = perPerson;
    }

    /** Whoever has an address may register it in many accounts; to us they are one. */
    private static String owner(Person person) {
        return person.address().map(EmailAddress::key).orElse(person.id().toString());
    }

    /** How asking for a share ended. */
    public enum Answer {
        /** Give it back with {@link #giveBack}. */
        TAKEN,
        /** This person has as many as one may have; others are served. */
        YOURS_ARE_OUT,
        /** The node has no more. */
        ALL_ARE_OUT
    }

    /** Takes a share, when there is one. */
    public synchronized Answer take(Person whose) {
        var person = owner(whose);
        int mine = taken.getOrDefault(person, 0);
        if (mine >= perPerson) {
            return Answer.YOURS_ARE_OUT;
        }
        if (all >= atOnce) {
            return Answer.ALL_ARE_OUT;
        }
        all++;
        taken.put(person, mine + 1);
        return Answer.TAKEN;
    }

    /** Gives back what {@link #take} took. */
    public synchronized void giveBack(Person whose) {
        all--;
        taken.computeIfPresent(owner(whose), (_, mine) -> mine == 1 ? null : mine - 1);
    }
}
