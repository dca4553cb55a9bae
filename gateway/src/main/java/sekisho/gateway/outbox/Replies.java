package sekisho.gateway.outbox;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.UUID;
import org.hibernate.Session;

/** What was said of a delivery's copies. It may name malware, or quote a file's name, so it goes with the files. */
@ApplicationScoped
public class Replies {

    private static final String ERASED = "concat_ws(' ', substring(%s from cast(:codes as text)), cast(:erased as text))";

    private final Session entities;

    Replies(Session entities) {
        this.entities = entities;
    }

    /**
     * Erases all words, those of reports that wait, too: one that an operator stopped may wait for ever. Joins the caller's transaction, which has the
     * delivery's row locked. What is settled afterwards is written without words ({@link Settling}).
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void erase(UUID delivery) {
        entities.createNativeQuery("""
                update outbox set last_reply = case when last_reply is not null then %s end,
                    detail = case when state in ('DUE', 'CLAIMED', 'PAUSED') then detail || jsonb_build_object('reply', %s, 'saidByRemote', 'false') end
                where delivery_id = :delivery and (last_reply is not null or detail is not null)"""
                .formatted(ERASED.formatted("last_reply"), ERASED.formatted("detail ->> 'reply'")))
            .setParameter("codes", Settlement.Reply.CODES).setParameter("erased", Settlement.Reply.ERASED)
            .setParameter("delivery", delivery).executeUpdate();
    }
}
