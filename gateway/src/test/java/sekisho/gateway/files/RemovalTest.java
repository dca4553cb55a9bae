package sekisho.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sekisho.gateway.Mail;
import sekisho.gateway.MovableClock;
import sekisho.gateway.TestServers;
import sekisho.storage.StoreException;
import sekisho.storage.StorePartException;

/** Objects that the store doesn't delete, and objects that perhaps should not be deleted. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class RemovalTest {

    private static final String HANAKO = "hanako@example.co.jp";

    @Inject
    Mail mail;
    @Inject
    Vault vault;
    @Inject
    Session entities;
    @Inject
    Clock clock;
    @Inject
    MeterRegistry metrics;
    @Inject
    Shredder shredder;

    private final List<Path> stubborn = new ArrayList<>();

    private List<String> objects() throws IOException {
        var keys = new ArrayList<String>();
        vault.store().list(object -> keys.add(object.key()));
        return keys;
    }

    private static Path fileOf(String key) throws IOException {
        try (var files = Files.walk(TestServers.folder.resolve("store"))) {
            return files.filter(file -> file.getFileName().toString().equals(key.replace('/', ','))).findFirst().orElseThrow();
        }
    }

    /** In its place stands what a deletion doesn't take, as an object under a legal hold. */
    private void hold(String key) throws IOException {
        var file = fileOf(key);
        Files.delete(file);
        Files.createDirectory(file);
        Files.createFile(file.resolve("held"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(400))));
        stubborn.add(file);
    }

    @AfterEach
    void letGo() throws IOException {
        for (var file : stubborn) {
            Files.deleteIfExists(file.resolve("held"));
            Files.deleteIfExists(file);
        }
    }

    private String orphan() throws IOException {
        var key = "f/" + UUID.randomUUID();
        try (var upload = vault.store().create(key)) {
            upload.out().write(1);
            upload.finish();
        }
        Files.setLastModifiedTime(fileOf(key), FileTime.from(Instant.now().minus(Duration.ofDays(400))));
        return key;
    }

    private Orphans orphans(long most) {
        return orphans(Map.of("gateway.store.orphan-most", "" + most));
    }

    private Orphans orphans(Map<String, String> settings) {
        var config = new SmallRyeConfigBuilder().addDefaultInterceptors().withMapping(StoreConfig.class)
            .withSources(new PropertiesConfigSource(settings, "test", 100))
            .addDiscoveredConverters().build().getConfigMapping(StoreConfig.class);
        return new Orphans(entities, vault, config, clock, metrics);
    }

    @Test
    void anObjectThatCannotBeDeletedKeepsNoOtherShreddedOneWaiting() throws Exception {
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), "a".getBytes(), "b".getBytes(), "c".getBytes());
        var keys = sent.files().stream().map(file -> "f/" + file).sorted().toList();
        hold(keys.getFirst());
        TestServers.asOwner("update file set wrap = null, record_wrap = null, access = 'SHREDDED' where delivery_id = '" + sent.delivery() + "'");
        shredder.run();
        shredder.remove();
        assertThat(objects()).contains(keys.getFirst()).doesNotContain(keys.get(1), keys.get(2));
    }

    /** Here it is the row that isn't free; with a store that says nothing it is each request. */
    @Test
    @Timeout(120)
    void whileARemovalHangsKeysAreDestroyedAllTheSame() throws Exception {
        var gone = mail.send(HANAKO, List.of("taro@partner.example"), "gone".getBytes());
        TestServers.asOwner("update file set wrap = null, record_wrap = null, access = 'SHREDDED' where delivery_id = '" + gone.delivery() + "'");
        var due = mail.send(HANAKO, List.of("taro@partner.example"), "due".getBytes());
        TestServers.asOwner("update delivery set expired_at = now(), shred_at = now() where id = '" + due.delivery() + "'");
        try (var holder = TestServers.connectAsOwner(); var lock = holder.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            holder.setAutoCommit(false);
            lock.execute("select from file where delivery_id = '" + gone.delivery() + "' for update");
            var removing = threads.submit(shredder::remove);
            await().until(TestServers::somebodyWaitsForARow);
            shredder.run();
            assertThat(objects()).as("its object is removed behind the other's").contains("f/" + due.files().getFirst());
            assertThat(TestServers.number("select count(*) from file where wrap is null and delivery_id = '" + due.delivery() + "'")).isEqualTo(1);
            holder.rollback();
            removing.get();
        }
        shredder.remove();
        assertThat(objects()).doesNotContain("f/" + gone.files().getFirst(), "f/" + due.files().getFirst());
        assertThat(List.of("tick", "tickRemovals")).as("two timers, each of which waits for itself alone").allSatisfy(timer ->
            assertThat(Shredder.class.getDeclaredMethod(timer).getAnnotation(Scheduled.class).concurrentExecution()).isEqualTo(Scheduled.ConcurrentExecution.SKIP));
    }

    @Test
    void moreOfThemThanAPassTakesKeepNoOtherWaitingForLong() throws Exception {
        var contents = new byte[30][];
        java.util.Arrays.setAll(contents, i -> ("held " + i).getBytes());
        var sent = mail.send(HANAKO, List.of("taro@partner.example"), contents);
        var last = sent.files().stream().sorted(java.util.Comparator.comparing(UUID::toString)).toList().getLast();
        for (var file : sent.files()) {
            if (!file.equals(last)) {
                hold("f/" + file);
            }
        }
        TestServers.asOwner("update file set wrap = null, record_wrap = null, access = 'SHREDDED' where delivery_id = '" + sent.delivery() + "'");
        shredder.run();
        shredder.remove();
        shredder.run();
        shredder.remove();
        assertThat(objects()).doesNotContain("f/" + last);
    }

    @Test
    void anOrphanThatCannotBeDeletedKeepsNoOtherWaiting() throws Exception {
        var kept = new ArrayList<String>();
        var gone = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            kept.add(orphan());
            gone.add(orphan());
        }
        for (var key : kept) {
            hold(key);
        }
        assertThat(orphans(1_000_000).sweep()).isGreaterThanOrEqualTo(5);
        assertThat(objects()).containsAll(kept).doesNotContainAnyElementsOf(gone);
    }

    /** It lies on a bad region of the disk, or came back as somebody else's; here a file is in its place. */
    @Test
    void aFolderThatCannotBeListedKeepsNoOrphanElsewhere() throws Exception {
        var bad = fileOf(orphan()).getParent();
        var aside = bad.resolveSibling("aside");
        Files.move(bad, aside);
        Files.createFile(bad);
        try {
            var elsewhere = orphanOutsideOf(bad);
            assertThatThrownBy(orphans(1_000_000)::sweep).as("and says so").isInstanceOf(StorePartException.class).hasMessageContaining(bad.toString());
            assertThat(elsewhere).doesNotExist();
        } finally {
            Files.delete(bad);
            Files.move(aside, bad);
        }
    }

    private Path orphanOutsideOf(Path folder) throws IOException {
        for (;;) {
            var key = "f/" + UUID.randomUUID();
            try (var upload = vault.store().create(key)) {
                upload.finish();
                Files.setLastModifiedTime(fileOf(key), FileTime.from(Instant.now().minus(Duration.ofDays(400))));
                return fileOf(key);
            } catch (StoreException hit) {
                assertThat(hit).hasMessageContaining(folder.toString());
            }
        }
    }

    /** A backup of three days ago was restored, and a day is what an orphan needs to be one. */
    @Test
    void whenALargePartOfTheStoreHasNoRowNothingOfItGoesUntilThatIsAllowed() throws Exception {
        var shredded = mail.send(HANAKO, List.of("taro@partner.example"), "x".getBytes()).files().getFirst();
        TestServers.asOwner("update file set wrap = null, record_wrap = null, access = 'SHREDDED', object_gone_at = now() where id = '" + shredded + "'");
        Files.setLastModifiedTime(fileOf("f/" + shredded), FileTime.from(Instant.now().minus(Duration.ofDays(400))));
        var unnamed = new ArrayList<String>();
        for (int i = Math.max(21, objects().size() / 8); i > 0; i--) {
            unnamed.add(orphan());
        }
        var careful = orphans(20);
        careful.sweep();
        assertThat(careful.kept()).isGreaterThanOrEqualTo(unnamed.size());
        assertThat(objects()).containsAll(unnamed).as("of which the database says that it was shredded").doesNotContain("f/" + shredded);
        assertThat(new OrphansWell(careful).call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
        var allowed = orphans(careful.kept());
        assertThat(allowed.sweep()).isGreaterThanOrEqualTo(unnamed.size());
        assertThat(objects()).doesNotContainAnyElementsOf(unnamed);
        assertThat(new OrphansWell(allowed).call().getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
    }

    @Test
    void theFirstSweepDoesNotComeBeforeItsTime() throws Exception {
        var scheduled = Orphans.class.getDeclaredMethod("tick").getAnnotation(Scheduled.class);
        assertThat(scheduled.delayed()).as("else a long gateway.store.orphan-sweep would not keep it away").isEqualTo(scheduled.every());
        var orphan = orphan();
        orphans(Map.of("gateway.store.orphan-sweep", "365d", "gateway.store.orphan-most", "1000000")).early();
        orphans(Map.of("gateway.store.orphan-sweep", "25h", "gateway.store.orphan-most", "1000000")).early();
        assertThat(objects()).contains(orphan);
    }

    /** One that is started again every hour would never come to its first. */
    @Test
    void aProcessThatDoesNotLiveForLongSweepsOnceAllTheSame() throws Exception {
        var scheduled = Orphans.class.getDeclaredMethod("early").getAnnotation(Scheduled.class);
        assertThat(Duration.parse("PT" + scheduled.delayed())).isLessThanOrEqualTo(Duration.ofMinutes(10));
        var orphan = orphan();
        var orphans = orphans(Map.of("gateway.store.orphan-most", "1000000"));
        orphans.early();
        assertThat(objects()).doesNotContain(orphan);
        var next = orphan();
        orphans.early();
        assertThat(objects()).as("from then on in its own time").contains(next);
        orphans.tick();
        assertThat(objects()).doesNotContain(next);
    }

    @Test
    void fewAreRemovedAndAHundredthIsNotMany() {
        assertThat(Orphans.isTooMany(20, 20, 20)).isFalse();
        assertThat(Orphans.isTooMany(21, 21, 20)).isTrue();
        assertThat(Orphans.isTooMany(100, 10_000, 20)).isFalse();
        assertThat(Orphans.isTooMany(101, 10_000, 20)).isTrue();
        assertThat(Orphans.isTooMany(101, 10_000, 101)).isFalse();
    }

    /** More of them than a pass takes. */
    @Test
    void whatCouldNotBeDeletedComesLastInTheNextSweep() throws Exception {
        var held = new ArrayList<String>();
        for (int i = 0; i < 45; i++) {
            held.add(orphan());
        }
        for (var key : held) {
            hold(key);
        }
        var sweeping = orphans(1_000_000);
        var later = new ArrayList<String>();
        for (int i = 0; i < 4; i++) {
            later.add(orphan());
            try {
                sweeping.sweep();
            } catch (StoreException givenUp) {
                assertThat(givenUp).hasMessageContaining("20 objects in a row");
            }
            MovableClock.passes(Duration.ofHours(7));
        }
        assertThat(objects()).containsAll(held).doesNotContainAnyElementsOf(later);
    }
}
