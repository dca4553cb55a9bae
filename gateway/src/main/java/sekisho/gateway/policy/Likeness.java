package sekisho.gateway.policy;

import java.util.Locale;
import java.util.Optional;

/**
 * Why a domain may be mistaken for another one, or be a slip of the hand.
 *
 * @param domain what it resembles; empty for {@link Kind#MIXED_SCRIPTS} alone
 */
public record Likeness(Kind kind, Optional<String> domain) {

    /** What is resembled, by the words of the policy file; the order is that in which they are looked through. */
    public enum Kind {
        INSIDE, PARTNERS, FREE_MAIL,
        /** Nothing that is known: a label mixes letters of scripts that are not written together. */
        MIXED_SCRIPTS;

        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Likeness {
        if (domain.isEmpty() != (kind == Kind.MIXED_SCRIPTS)) {
            throw new IllegalArgumentException("a likeness is to some domain");
        }
    }
}
