package sekisho.pages;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.PersistenceException;
import jakarta.transaction.RollbackException;
import java.net.ConnectException;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import sekisho.storage.StoreException;

class TemporaryTest {

    @Test void aDatabaseThatCannotBeReachedIsTemporary() {
        assertThat(Temporary.is(new PersistenceException(new SQLException("refused", "08001")))).isTrue();
        assertThat(Temporary.is(new RuntimeException(new PersistenceException(new SQLException("terminating", "57P01"))))).isTrue();
        assertThat(Temporary.is(new PersistenceException(new SQLException("pool timed out")))).isTrue();
        assertThat(Temporary.is(new ConnectException("refused"))).isTrue();
        assertThat(Temporary.is(new StoreException("down"))).isTrue();
    }

    @Test void aCommitThatCouldNotBeMadeIsTemporaryWhenItsCauseIs() {
        assertThat(Temporary.is(new RuntimeException(rollback(new SQLException("connection reset", "08006"))))).isTrue();
        assertThat(Temporary.is(new RuntimeException(rollback(new SQLException("duplicate", "23505"))))).isFalse();
        assertThat(Temporary.is(new RollbackException("marked"))).isFalse();
    }

    private static RollbackException rollback(SQLException cause) {
        var rollback = new RollbackException("could not commit");
        rollback.addSuppressed(new XAException().initCause(cause));
        return rollback;
    }

    @Test void aMistakeOfOursIsNot() {
        assertThat(Temporary.is(new PersistenceException(new SQLException("syntax", "42601")))).isFalse();
        assertThat(Temporary.is(new PersistenceException(new SQLException("duplicate", "23505")))).isFalse();
        assertThat(Temporary.is(new IllegalStateException("x"))).isFalse();
    }

    @Test void causesThatGoRoundInCirclesEnd() {
        var one = new IllegalStateException("one");
        var two = new IllegalStateException("two", one);
        one.initCause(two);
        assertThat(Temporary.is(one)).isFalse();
    }

    @Test void theReasonNamesNoValue() {
        assertThat(Temporary.reason(new PersistenceException("select 'taro@partner.example'", new SQLException("taro@partner.example", "08006"))))
            .isEqualTo("SQLException 08006");
    }
}
