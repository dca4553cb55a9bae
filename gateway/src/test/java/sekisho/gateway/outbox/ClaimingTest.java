package sekisho.gateway.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.Mail;
import sekisho.gateway.TestServers;

/** What a claim costs doesn't depend on how much was sent before. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class ClaimingTest {

    /** More than PostgreSQL would rather read than look up a few in an index; fewer than it would rather look up a few hundred. */
    private static final int SENT_BEFORE = 20_000;
    private static final String HANAKO = "hanako@example.co.jp";

    @Inject
    Mail mail;
    @Inject
    Claiming claiming;
    @Inject
    Session entities;
    @Inject
    Clock clock;

    @BeforeEach
    void nothingWaits() {
        TestServers.asOwner("update outbox set state = 'SENT', claimed_by = null where state in ('DUE', 'CLAIMED', 'PAUSED')");
    }

    @AfterEach
    void forget() {
        nothingWaits();
        TestServers.asOwner("delete from outbox where last_reply = 'sent before'");
    }

    @Test
    void aClaimReadsNoRowThatWasSentBefore() {
        var looked = mail.send(HANAKO, List.of("a@quick.example"));
        TestServers.asOwner("update outbox set destination = 'hop' where delivery_id = '%s'".formatted(looked.delivery()));
        TestServers.asOwner("""
            insert into outbox (id, delivery_id, recipient_id, kind, state, created_at, due_at, last_reply, destination)
            select gen_random_uuid(), delivery_id, recipient_id, kind, 'SENT', created_at, due_at, 'sent before', 'hop'
            from outbox, generate_series(1, %d) where delivery_id = '%s'""".formatted(SENT_BEFORE, looked.delivery()));
        mail.send(HANAKO, List.of("b@quick.example"));
        TestServers.asOwner("analyze outbox");
        QuarkusTransaction.requiringNew().run(() -> {
            long before = readInOrder();
            var claimed = claiming.claim(1000, Mail.ONE_DESTINATION, Set.of(), UUID.randomUUID(), clock.instant());
            assertThat(claimed).as("one that was looked at before, one that wasn't").hasSize(2);
            assertThat(readInOrder() - before).isZero();
        });
    }

    /** Rows of the whole table that this connection has read one after another. */
    private long readInOrder() {
        return entities.createNativeQuery("select seq_tup_read from pg_stat_xact_user_tables where relname = 'outbox'", Long.class).getSingleResult();
    }
}
