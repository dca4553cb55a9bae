package sekisho.web.fair;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** So much at once on this node, and so much of it for one person. */
public final class Shares {

    private final int atOnce;
    private final int perPerson;
    private final Map<UUID, Integer> taken = new HashMap<>();
    private int all;

    public Shares(int atOnce, int perPerson) {
        this.atOnce = atOnce;
        this.perPerson = perPerson;
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

    public synchronized Answer take(UUID person) {
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

    public synchronized void giveBack(UUID person) {
        all--;
        taken.computeIfPresent(person, (_, mine) -> mine == 1 ? null : mine - 1);
    }
}
