package sekisho.tests.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Debian's Chromium, the one without windows where that is installed, or what another system calls it, started once for a test run. It ends with the JVM, whose
 * end Playwright's driver notices.
 */
final class Chromium {

    /** As root there is no sandbox; nothing but the house is asked for anything. */
    private static final List<String> FLAGS = List.of("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-color-profile=srgb");

    /** A first sign-in takes seconds on a loaded machine. */
    private static final double PATIENCE_MILLIS = 30_000;

    private static @Nullable Browser only;

    private Chromium() {
    }

    static synchronized Browser open() {
        if (only == null) {
            var playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
            only = playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(program()).setHeadless(true).setArgs(FLAGS));
        }
        return only;
    }

    private static Path program() {
        return Stream.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome").flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
            .filter(Files::isExecutable).findFirst()
            .orElseThrow(() -> new IllegalStateException("there is no Chromium on PATH; install the package chromium-headless-shell, or chromium"));
    }
}
