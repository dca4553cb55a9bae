package sekisho.inspection.clamav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.embedded.ClamdServer;

/** Against Debian's clamd, with signatures of our own. */
class ClamdScannerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int STREAM_LIMIT = 1 << 20;

    static ClamdServer clamd;

    enum Door {
        UNIX, TCP
    }

    @BeforeAll
    static void start() {
        clamd = ClamdServer.start(Map.of("StreamMaxLength", "1M", "MaxFileSize", "600K"));
    }

    @AfterAll
    static void stop() {
        clamd.close();
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void anOrdinaryFileIsClean(Door door) {
        try (var scanner = scanner(door)) {
            assertThat(scanner.ping()).isTrue();
            assertThat(scan(scanner, "a quotation".repeat(5000).getBytes())).isEqualTo(new Verdict.Clean());
            assertThat(scan(scanner, new byte[0])).isEqualTo(new Verdict.Clean());
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void malwareIsFoundByItsName(Door door) throws IOException {
        try (var scanner = scanner(door)) {
            assertThat(scan(scanner, ClamdServer.eicar())).isEqualTo(new Verdict.Infected(ClamdServer.EICAR_NAME));
            assertThat(scan(scanner, ClamdServer.malware())).isEqualTo(new Verdict.Infected(ClamdServer.MALWARE_NAME));
            assertThat(scan(scanner, zip("a.zip", zip("b.exe", ClamdServer.malware())))).as("a ZIP in a ZIP")
                .isEqualTo(new Verdict.Infected(ClamdServer.MALWARE_NAME));
            assertThat(scan(scanner, zip("a.com", ClamdServer.eicar()))).isEqualTo(new Verdict.Infected(ClamdServer.EICAR_NAME));
        }
    }

    /** Chunks are of 32 KiB: the mark lies on one side of a seam, on the other, and across it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 32_700, 32_767, 32_768, 32_769, 65_530, 500_000})
    void malwareIsFoundWhereverItLies(int before) {
        byte[] file = new byte[before + ClamdServer.malware().length];
        System.arraycopy(ClamdServer.malware(), 0, file, before, ClamdServer.malware().length);
        try (var scanner = scanner(Door.UNIX); var scan = scanner.begin()) {
            for (int at = 0; at < file.length; at += 1009) {
                scan.write(file, at, Math.min(1009, file.length - at));
            }
            assertThat(scan.finish()).isEqualTo(new Verdict.Infected(ClamdServer.MALWARE_NAME));
            assertThat(scan.finish()).as("asked again").isEqualTo(new Verdict.Infected(ClamdServer.MALWARE_NAME));
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void whatClamdDoesNotTakeIsUnscanned(Door door) {
        try (var scanner = scanner(door)) {
            assertThat(scan(scanner, new byte[STREAM_LIMIT + 100_000])).isInstanceOf(Verdict.Unavailable.class);
            assertThat(scan(scanner, new byte[50 * STREAM_LIMIT])).isInstanceOf(Verdict.Unavailable.class);
        }
    }

    @Test
    void overTheSocketItIsKnownThatTheFileIsTooLarge() {
        try (var scanner = scanner(Door.UNIX)) {
            assertThat(scan(scanner, new byte[STREAM_LIMIT + 100_000])).isEqualTo(new Verdict.Unavailable("too large for the scanner", true));
        }
    }

    @Test
    void whatClamdLooksAtOnlyInPartIsUnscanned() {
        try (var scanner = scanner(Door.UNIX)) {
            byte[] file = new byte[700_000];
            System.arraycopy(ClamdServer.malware(), 0, file, 650_000, ClamdServer.malware().length);
            assertThat(scan(scanner, file)).isEqualTo(new Verdict.Unavailable("beyond the limits of the scanner", true));
        }
    }

    @Test
    void manyAtOnceEachGetTheirOwnVerdict() throws Exception {
        try (var scanner = scanner(Door.UNIX); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var scans = new ArrayList<Callable<Verdict>>();
            for (int i = 0; i < 20; i++) {
                byte[] file = i % 2 == 0 ? ClamdServer.eicar() : new byte[i * 1000];
                scans.add(() -> scan(scanner, file));
            }
            List<Future<Verdict>> verdicts = threads.invokeAll(scans);
            for (int i = 0; i < verdicts.size(); i++) {
                assertThat(verdicts.get(i).get()).isEqualTo(i % 2 == 0 ? new Verdict.Infected(ClamdServer.EICAR_NAME) : new Verdict.Clean());
            }
        }
    }

    @Test
    void whatIsGivenUpIsNeverClean() {
        try (var scanner = scanner(Door.UNIX)) {
            var scan = scanner.begin();
            scan.write(new byte[100], 0, 100);
            scan.close();
            scan.write(new byte[100], 0, 100);
            assertThat(scan.finish()).isInstanceOf(Verdict.Unavailable.class);
        }
        var closed = scanner(Door.UNIX);
        closed.close();
        assertThat(scan(closed, new byte[100])).isInstanceOf(Verdict.Unavailable.class);
    }

    @Test
    void aScannerThatDiesUnderAScanLeavesTheFileUnscanned() {
        try (var own = ClamdServer.start(); var scanner = new ClamdScanner(new ClamdAddress.UnixSocket(own.socket()), LIMIT); var scan = scanner.begin()) {
            scan.write(new byte[100_000], 0, 100_000);
            own.process().kill();
            scan.write(new byte[100_000], 0, 100_000);
            assertThat(scan.finish()).isEqualTo(new Verdict.Unavailable("the scanner closed the connection"));
            assertThat(scanner.ping()).isFalse();
            assertThat(scan(scanner, new byte[10])).isInstanceOf(Verdict.Unavailable.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"/run/clamav/clamd.ctl,/run/clamav/clamd.ctl", "127.0.0.1:3310,127.0.0.1:3310", "[::1]:3310,[::1]:3310", "clamav.example:1,clamav.example:1"})
    void anAddressIsASocketOrAPort(String text, String same) {
        assertThat(ClamdAddress.parse(text)).hasToString(same);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "clamd", "host:", ":3310", "host:0", "host:65536", "host:x", "::1:3310", "run/clamd.ctl"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> ClamdAddress.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("host:port");
    }

    private static ClamdScanner scanner(Door door) {
        return new ClamdScanner(door == Door.UNIX ? new ClamdAddress.UnixSocket(Path.of(clamd.socket().toString())) : new ClamdAddress.Tcp("127.0.0.1", clamd.port()), LIMIT);
    }

    private static Verdict scan(ClamdScanner scanner, byte[] file) {
        try (var scan = scanner.begin()) {
            scan.write(file, 0, file.length);
            return scan.finish();
        }
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
            zip.closeEntry();
        }
        return out.toByteArray();
    }
}
