package sekisho.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sekisho.embedded.PostgresServer;

/** With a log of its own, since what is recorded stays in it. */
class SequencerTest {

    @TempDir
    Path folder;

    private PostgresServer postgres;
    private AgroalDataSource database;
    private Sequencer sequencer;

    @BeforeEach
    void start() throws Exception {
        postgres = PostgresServer.start(folder);
        Flyway.configure().dataSource(postgres.jdbcUrl(), postgres.owner().user(), postgres.owner().password()).placeholders(Map.of("app", postgres.app().user())).load().migrate();
        database = AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier().connectionPoolConfiguration(pool -> pool.maxSize(2).acquisitionTimeout(Duration.ofSeconds(10))
            .connectionFactoryConfiguration(connections -> connections.jdbcUrl(postgres.jdbcUrl()).principal(new NamePrincipal(postgres.app().user()))
                .credential(new SimplePassword(postgres.app().password())))));
        CheckpointKey.generate(folder);
        var config = new SmallRyeConfigBuilder().addDefaultInterceptors().withMapping(AuditConfig.class).addDiscoveredConverters()
            .withSources(new PropertiesConfigSource(Map.of("gateway.audit.checkpoint-key", folder.resolve("audit.private").toString()), "test", 100)).build();
        sequencer = new Sequencer(database, Clock.systemUTC(), config.getConfigMapping(AuditConfig.class), new SimpleMeterRegistry());
        sequencer.load();
    }

    @AfterEach
    void stop() {
        database.close();
        postgres.close();
    }

    private void record(int events, int octets) throws SQLException {
        try (var connection = database.getConnection(); var statement = connection.createStatement()) {
            statement.execute("""
                with e as (insert into audit_event select gen_random_uuid(), now(), 'DELIVERY_ACCEPTED', null, p, sha256('\\x00'::bytea || p)
                    from (select convert_to(repeat('y', %d), 'UTF8') as p from generate_series(1, %d)) said returning id)
                insert into audit_pending (event_id) select id from e""".formatted(octets, events));
        }
    }

    private long count(String table) throws SQLException {
        try (var connection = database.getConnection(); var statement = connection.createStatement(); var rows = statement.executeQuery("select count(*) from " + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Else the database would hash for longer than anybody waits for it, and the same ones again for ever. */
    @Test
    void aBatchHasAnEndAlsoWhenItsEventsAreLarge() throws Exception {
        record(5, 30 << 20);
        assertThat(sequencer.sequence()).isEqualTo(3);
        assertThat(sequencer.sequence()).isEqualTo(2);
        assertThat(sequencer.sequence()).isZero();
    }

    @Test
    void aFullBatchIsFollowedByTheNext() throws Exception {
        record(5, 30 << 20);
        record(5_001, 10);
        try (var connection = database.getConnection(); var statement = connection.createStatement()) {
            statement.execute("insert into audit_pending (event_id) select gen_random_uuid()");
        }
        sequencer.tick();
        assertThat(count("audit_pending")).isZero();
        assertThat(count("audit_leaf")).isEqualTo(5_006);
        try (var connection = database.getConnection()) {
            assertThat(new AuditVerifier(connection, CheckpointKey.loadPublic(folder.resolve("audit.public"))).verify(java.util.List.of()).faults())
                .noneMatch(fault -> fault.contains("root") || fault.contains("missing"));
        }
    }
}
