package sekisho.demo.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import sekisho.embedded.PostgresServer;

/**
 * What PostgreSQL has committed so far. Transactions, messages and WAL are exact at every moment: they come from the counter of
 * transactions, the rows of the audit log and the place in the log. Flushes are as its statistics tell, up to ten seconds late.
 *
 * @param writing    transactions that wrote something
 * @param accepted   messages whose acceptance was committed
 * @param accepting  transactions that accepted them: several share one
 * @param walOctets  of the write-ahead log
 * @param flushes    of the write-ahead log to the disk
 * @param flushMillis what they took together
 */
record Commits(long writing, long accepted, long accepting, long walOctets, long flushes, double flushMillis) {

    private static final int ALONE = 300;

    static final Commits NONE = new Commits(0, 0, 0, 0, 0, 0);

    /** From now on the time of flushes is counted too. */
    static void countTime(PostgresServer postgres) {
        try (var connection = postgres.connect(postgres.superuser()); var statement = connection.createStatement()) {
            statement.execute("alter system set track_wal_io_timing = on");
            statement.execute("select pg_reload_conf()");
        } catch (SQLException e) {
            throw new IllegalStateException("cannot have the time of flushes counted: " + e.getMessage(), e);
        }
    }

    static Commits now(PostgresServer postgres) {
        try (var connection = postgres.connect(postgres.owner());
                var select = connection.prepareStatement("""
                    select pg_snapshot_xmax(pg_current_snapshot())::text::bigint, a.messages, a.commits, pg_current_wal_insert_lsn() - '0/0'::pg_lsn, io.flushes, io.millis
                    from (select count(*) as messages, count(distinct xmin::text) as commits from audit_event where type = 'DELIVERY_ACCEPTED') a,
                        (select coalesce(sum(fsyncs), 0) as flushes, coalesce(sum(fsync_time), 0) as millis from pg_stat_io where object = 'wal') io""");
                var rows = select.executeQuery()) {
            rows.next();
            return new Commits(rows.getLong(1), rows.getLong(2), rows.getLong(3), rows.getLong(4), rows.getLong(5), rows.getDouble(6));
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read what was committed: " + e.getMessage(), e);
        }
    }

    Commits plus(Commits other) {
        return new Commits(writing + other.writing, accepted + other.accepted, accepting + other.accepting, walOctets + other.walOctets,
            flushes + other.flushes, flushMillis + other.flushMillis);
    }

    Commits minus(Commits before) {
        return new Commits(writing - before.writing, accepted - before.accepted, accepting - before.accepting, walOctets - before.walOctets,
            flushes - before.flushes, flushMillis - before.flushMillis);
    }

    /** Milliseconds that a commit takes which has nothing to write but itself, one after another: the median. */
    static double alone(PostgresServer postgres) {
        try (Connection connection = postgres.connect(postgres.owner());
                var write = connection.prepareStatement("select pg_logical_emit_message(true, 'bench', 'a commit')")) {
            var times = new ArrayList<Double>();
            for (int i = 0; i < ALONE; i++) {
                long begin = System.nanoTime();
                write.executeQuery().close();
                times.add((System.nanoTime() - begin) / 1e6);
            }
            return IntakeBench.median(times);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot commit by itself: " + e.getMessage(), e);
        }
    }
}
