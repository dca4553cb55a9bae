package sekisho.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.core.ThrowingRunnable;
import sekisho.tests.House;

/**
 * Somebody at a browser of their own. What the browser complains about on our pages (a broken policy of the page, a script's error,
 * something missing) is collected and fails the story in the end.
 */
final class Person implements AutoCloseable {

    /** A laptop's window, and the narrowest phone that we care for. */
    static final int DESKTOP = 1280;
    static final int PHONE = 360;

    private static final String TELL_VIOLATIONS =
        "document.addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))";
    /** An answer that isn't 200 is also reported for the page itself, and pages of ours are 400, 401, 403, 404, 409, 410, 422 and 499 on purpose. */
    private static final Pattern STATUS_OF_A_PAGE =
        Pattern.compile("Failed to load resource: the server responded with a status of 4(00|01|03|04|09|10|22|99) .*");

    private final House house;
    private final String web;
    private final String user;
    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new ArrayList<>();

    private Person(House house, String web, String user, Browser.NewContextOptions options) {
        this.house = house;
        this.web = web;
        this.user = user;
        this.context = Chromium.open().newContext(options.setAcceptDownloads(true));
        context.addInitScript(TELL_VIOLATIONS);
        context.onConsoleMessage(this::hear);
        context.onWebError(error -> {
            if (error.page().url().startsWith(web)) {
                complaints.add(error.error());
            }
        });
        this.page = context.newPage();
    }

    /**
     * @param user     name at the identity provider, and password
     * @param language what the browser prefers, such as {@code ja}
     */
    static Person atADesk(House house, String user, String language) {
        return new Person(house, house.web(), user, new Browser.NewContextOptions().setLocale(language).setViewportSize(DESKTOP, 900));
    }

    /** @param web where the pages are that this person uses, instead of those of the house */
    static Person atADesk(House house, String web, String user, String language) {
        return new Person(house, web, user, new Browser.NewContextOptions().setLocale(language).setViewportSize(DESKTOP, 900));
    }

    static Person onAPhone(House house, String user, String language) {
        return new Person(house, house.web(), user, new Browser.NewContextOptions().setLocale(language).setViewportSize(PHONE, 740).setHasTouch(true));
    }

    static Person withoutScripts(House house, String user, String language) {
        return new Person(house, house.web(), user, new Browser.NewContextOptions().setLocale(language).setViewportSize(DESKTOP, 900).setJavaScriptEnabled(false));
    }

    Page page() {
        return page;
    }

    BrowserContext context() {
        return context;
    }

    /** Opens a page of ours, or any address. @return its answer, after redirects */
    Response opens(String address) {
        return page.navigate(address.startsWith("http") ? address : web + address);
    }

    /** {@link #opens}, for what comes next on that page. */
    Person opening(String address) {
        opens(address);
        return this;
    }

    /** Reloads the page until {@code seen} holds: what it tells may be written down a moment after somebody else has noticed it. */
    void reloadsUntil(ThrowingRunnable seen) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            page.reload();
            seen.run();
        });
    }

    /** Opens a page that needs a sign-in, and signs in. */
    void signsInFor(String address) {
        opens(address);
        signsIn();
    }

    /** Fills in the identity provider's form, which is what the browser shows now. */
    void signsIn() {
        page.locator("#username").fill(user);
        page.locator("#password").fill(user);
        page.locator("#kc-login").click();
        page.waitForURL(Pattern.compile(Pattern.quote(web) + "/(?!sign-in|admin/sign-in).*"));
    }

    /** From here on this person's pages are in {@code language}, as if the switch had been pressed. */
    void prefers(String language) {
        context.addCookies(List.of(new Cookie("sekisho_lang", language).setUrl(web)));
    }

    /** Looks into the demo mailbox and opens the newest message to {@code address} with this subject. */
    void opensMail(String address, String subject) {
        opens(house.stage().ports().mailboxUrl() + "/?to=" + address);
        page.locator(".messages a").filter(new Locator.FilterOptions().setHasText(subject)).first().click();
        assertThat(heading()).containsText(subject);
    }

    Locator heading() {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1));
    }

    Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator link(String name) {
        return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** A part of the page, by the text of its heading. */
    Locator section(Pattern heading) {
        return page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(heading));
    }

    /** The row of a list that names something. */
    static Locator row(Locator part, String text) {
        return part.locator(".rows > li").filter(new Locator.FilterOptions().setHasText(text));
    }

    /** What came of the last change, as the page says it. */
    Locator said() {
        return page.locator("main > [role=status]");
    }

    /** What the browser complained about since the last call. */
    List<String> complaints() {
        var heard = List.copyOf(complaints);
        complaints.clear();
        return heard;
    }

    private void hear(ConsoleMessage message) {
        boolean ours = message.location().startsWith(web) || message.text().startsWith("policy: ");
        boolean asMeant = STATUS_OF_A_PAGE.matcher(message.text()).matches() && !message.location().contains("/assets/");
        if (ours && !asMeant && (message.type().equals("error") || message.type().equals("warning"))) {
            complaints.add(message.type() + " at " + message.location() + ": " + message.text());
        }
    }

    @Override
    public void close() {
        context.close();
        if (!complaints.isEmpty()) {
            throw new AssertionError("the browser of " + user + " complained: " + complaints);
        }
    }
}
