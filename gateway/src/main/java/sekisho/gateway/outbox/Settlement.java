package sekisho.gateway.outbox;

import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How one row of an {@link OutboxItem} fared. */
public sealed interface Settlement {

    /** The outbox row. */
    UUID row();

    /** Why. */
    Reply reply();

    /** The same without the words. */
    default Settlement erased() {
        return switch (this) {
            case Sent(var row, var reply, var dsnHandedOn) -> new Sent(row, reply.erased(), dsnHandedOn);
            case Later(var row, var reply, var at, var late, var giveUpAt) -> new Later(row, reply.erased(), at, late, giveUpAt);
            case Unanswered(var row, var reply, var again) -> new Unanswered(row, reply.erased(), again);
            case Failed(var row, var reply, var status) -> new Failed(row, reply.erased(), status);
        };
    }

    /**
     * What the next hop said, or what we say about it.
     *
     * @param text         one line that begins with a reply code, such as {@code 250 2.0.0 ok}
     * @param remote       the next hop as {@code host:port}; empty when none was asked
     * @param saidByRemote whether these are the next hop's words; a DSN must not pass ours off as a Diagnostic-Code (RFC 3464 §2.3.6)
     */
    record Reply(String text, String remote, boolean saidByRemote) {

        private static final int LONGEST = 1000;
        /** What is left of a text that was erased, as Java and PostgreSQL understand it: the code, and the enhanced code if there is one. */
        static final String CODES = "^([2-5][0-9][0-9]( [245][.][0-9]{1,3}[.][0-9]{1,3})?)( |$)";
        static final String ERASED = "text erased";
        private static final Pattern KEPT = Pattern.compile(CODES);
        /** Those of C1 and what turns the direction of text, too: a terminal takes them for commands, or a reader for other words. */
        private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Cf}\\x{2028}\\x{2029}]");

        public Reply {
            var line = CONTROLS.matcher(text).replaceAll(" ");
            text = line.length() > LONGEST ? line.substring(0, LONGEST) : line;
        }

        /** What we say, without having asked a next hop. */
        public static Reply ours(String text) {
            return new Reply(text, "", false);
        }

        /** Without the words, for when the files are shredded that these may name. What is left is nobody's word but ours. */
        public Reply erased() {
            var codes = KEPT.matcher(text);
            return new Reply(codes.find() ? codes.group(1) + " " + ERASED : ERASED, remote, false);
        }

        /** Whether it is without its words. */
        public boolean isErased() {
            return text.equals(ERASED) || text.endsWith(" " + ERASED);
        }

        /** The three digits of the reply; the rest may hold addresses, which the audit log never does. */
        String code() {
            return text.matches("[2-5][0-9][0-9].*") ? text.substring(0, 3) : "none";
        }
    }

    /**
     * The next hop took it.
     *
     * @param dsnHandedOn it took the sender's DSN wishes too; if not, whoever asked for SUCCESS hears from us (RFC 3461 §5.2.2)
     */
    record Sent(UUID row, Reply reply, boolean dsnHandedOn) implements Settlement {
    }

    /**
     * Not now; again at {@code at}.
     *
     * @param late    whether the sender should be warned; they are, once
     * @param giveUpAt when trying will end
     */
    record Later(UUID row, Reply reply, Instant at, boolean late, Instant giveUpAt) implements Settlement {
    }

    /**
     * All of it was sent and no answer came. The first time it is sent again at {@code again}; the second time, or when that is null, it
     * counts as sent without confirmation: one more try would more likely make a third copy than the first.
     */
    record Unanswered(UUID row, Reply reply, @Nullable Instant again) implements Settlement {
    }

    /** Never: a permanent refusal, or its time is over. The sender gets a DSN. {@code status} is an enhanced code (RFC 3463). */
    record Failed(UUID row, Reply reply, String status) implements Settlement {
    }
}
