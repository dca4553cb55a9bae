package sekisho.gateway.scan;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Tuple;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.DatabaseFault;
import sekisho.gateway.PutOff;
import sekisho.gateway.files.Examiner;
import sekisho.gateway.files.FileRecord;
import sekisho.inspection.clamav.Verdict;
import sekisho.storage.Opener;
import sekisho.storage.Place;
import sekisho.storage.RecordKey;
import sekisho.storage.Sealed;
import sekisho.storage.WrappedKey;

/**
 * Scans files whose scan failed when they came in, until it succeeds or {@code gateway.scanner.patience} is over. Runs where files can be
 * opened. A file is claimed by moving its time ahead: a node that dies gives it back by that time, and two nodes that scan the same file
 * do no harm, since the first verdict is the one that counts. One whose row can't be worked with keeps no other waiting.
 */
@ApplicationScoped
public class Rescans {

    /** Until then no other node takes a claimed file. */
    private static final Duration LEASE = Duration.ofMinutes(30);
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final int MOST_DOUBLINGS = 5;
    private static final int MOST_COUNTED = 1000;
    private static final UUID NONE = new UUID(0, 0);   // "not in ()" is no SQL

    private final Session entities;
    private final Examiner examiner;
    private final Verdicts verdicts;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final PutOff<UUID> putOff;

    Rescans(Session entities, Examiner examiner, Verdicts verdicts, Clock clock, MeterRegistry metrics) {
        this.entities = entities;
        this.examiner = examiner;
        this.verdicts = verdicts;
        this.clock = clock;
        this.metrics = metrics;
        this.putOff = new PutOff<>(clock, Duration.ofSeconds(1), Duration.ofMinutes(5));
    }

    /** A file that is to be scanned, and what opens it together with the opening key. */
    record Due(UUID file, UUID delivery, int attempts, Sealed sealed) {
    }

    /**
     * Scans files that are due, one after the other.
     *
     * @param opener opens files
     * @param limit  most files
     * @return how many were looked at; as many as {@code limit} means there may be more
     */
    public int run(Opener opener, int limit) {
        int done = 0;
        try {
            while (done < limit && examiner.scans() && next(opener)) {
                done++;
            }
        } catch (PersistenceException | QuarkusTransactionException unavailable) {
            Log.warnf("files wait to be scanned, the database is unavailable: %s", unavailable.getMessage());
        }
        return done;
    }

    private boolean next(Opener opener) {
        var first = QuarkusTransaction.requiringNew().call(this::first);
        first.ifPresent(file -> {
            try {
                QuarkusTransaction.requiringNew().call(() -> claim(file)).ifPresent(due -> settle(due, scan(opener, due)));
                putOff.done(file);
            } catch (RuntimeException failed) {
                DatabaseFault.requireNone(failed, entities);
                putOff.failed(file);
                Log.warnf("the scan of file %s waits for now and is tried again: %s", file, failed.getMessage());
            }
        });
        return first.isPresent();
    }

    private Optional<UUID> first() {
        var waiting = putOff.waiting();
        return entities.createNativeQuery("select id from file where scan_due_at <= :now and id not in (:without) order by scan_due_at limit 1 for update skip locked", UUID.class)
            .setParameter("now", clock.instant()).setParameter("without", waiting.isEmpty() ? Set.of(NONE) : waiting).getResultList().stream().findFirst();
    }

    /** Empty when another node has it. */
    private Optional<Due> claim(UUID file) {
        List<Tuple> rows = entities.createNativeQuery("""
                update file set scan_due_at = :lease, scan_attempts = least(scan_attempts, :most) + 1
                where id = (select id from file where id = :file and scan_due_at <= :now for update skip locked)
                returning id, delivery_id, scan_attempts, object_key, header, size_octets, cipher_octets, wrap_algorithm, wrap_version, wrap""",
                Tuple.class)
            .setParameter("lease", clock.instant().plus(LEASE)).setParameter("most", MOST_COUNTED).setParameter("file", file).setParameter("now", clock.instant())
            .getResultList();
        return rows.stream().map(row -> new Due((UUID) row.get("id"), (UUID) row.get("delivery_id"), (Integer) row.get("scan_attempts"),
            new Sealed((String) row.get("object_key"), null, (byte[]) row.get("header"), (Long) row.get("size_octets"),
                (Long) row.get("cipher_octets"), new byte[0], new WrappedKey((String) row.get("wrap_algorithm"),
                    (Integer) row.get("wrap_version"), row.get("wrap") == null ? new byte[0] : (byte[]) row.get("wrap"))))).findFirst();
    }

    /** @param find the malware's name for the row, sealed as the file's own is; null for nothing */
    private record Scanned(Verdict verdict, byte @Nullable [] find) {
    }

    /** Whatever can't be read is not scanned: never clean. */
    private Scanned scan(Opener opener, Due due) {
        var place = new Place(due.delivery(), due.file());
        try (var object = opener.open(due.sealed(), place);
             var plaintext = object.read(0, object.plainOctets())) {
            var verdict = examiner.scan(plaintext);
            return new Scanned(verdict, verdict instanceof Verdict.Infected(var find) ? FileRecord.sealedFind(RecordKey.of(object, place), find) : null);
        } catch (IOException | RuntimeException unreadable) {
            Log.warnf("file %s of delivery %s could not be read to be scanned: %s", due.file(), due.delivery(), unreadable.getMessage());
            return new Scanned(new Verdict.Unavailable("the file could not be read"), null);
        }
    }

    private void settle(Due due, Scanned scanned) {
        var verdict = scanned.verdict();
        var now = clock.instant();
        QuarkusTransaction.requiringNew().run(() -> {
            switch (verdict) {
                case Verdict.Clean() -> verdicts.clean(due);
                case Verdict.Infected(var find) -> verdicts.infected(due, find, Objects.requireNonNull(scanned.find()));
                case Verdict.Unavailable unavailable -> verdicts.unscanned(due, nextAttempt(due, now), unavailable.tooLarge());
            }
        });
        metrics.counter("sekisho.rescans", "outcome", verdict.getClass().getSimpleName().toLowerCase(Locale.ROOT)).increment();
    }

    private static Instant nextAttempt(Due due, Instant now) {
        return now.plus(FIRST_PAUSE.multipliedBy(1L << Math.min(MOST_DOUBLINGS, due.attempts() - 1)));
    }
}
