package sekisho.tests.browser;

import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looks at a page as people with different screens, languages and needs would, and keeps a picture of each. */
final class Looks {

    private static final Path PICTURES = Path.of(System.getProperty("sekisho.artefacts", "target/artefacts"), "pages");
    private static final Set<String> GRAVE = Set.of("serious", "critical");
    /** What stands out of the window to the right, so that a failure names it. */
    private static final String TOO_WIDE = """
        () => document.documentElement.scrollWidth <= window.innerWidth ? [] :
            [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth)
                .map(e => e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 40)).slice(0, 5)""";

    /** A button that is on its way from its light to its dark colour has the contrast of neither. */
    private static final String AT_REST = "() => Promise.all(document.getAnimations().map(animation => animation.finished)).then(() => true)";

    private Looks() {
    }

    /** What is wrong with the page as it stands; a picture of it is kept under {@code name}. */
    static List<String> wrong(Person person, String name, String language) {
        var found = new ArrayList<>(seen(person, name, language));
        violations(person.page()).forEach(violation -> found.add(name + ": " + violation));
        return found;
    }

    private static List<String> seen(Person person, String name, String language) {
        var page = person.page();
        var found = new ArrayList<String>();
        var title = page.title();
        if (title.isBlank()) {
            found.add("no title");
        }
        var lang = page.getAttribute("html", "lang");
        if (!language.equals(lang)) {
            found.add("lang is " + lang);
        }
        found.addAll(atThisWidth(page, name));
        found.addAll(person.complaints());
        return found.stream().map(each -> name + ": " + each).toList();
    }

    /**
     * The page in both languages and at both widths, light and dark. The person's window and language stay as they were at last. axe sees each language,
     * width and colour once (wide, Japanese and light; narrow, English and dark): it takes a second every time.
     */
    static List<String> wrongAnyway(Person person, String name) {
        return everyLook(person, name, true);
    }

    /** As above, of a page that was seen so in another state: axe sees it once, wide, Japanese and light. */
    static List<String> wrongAgain(Person person, String name) {
        return everyLook(person, name, false);
    }

    private static List<String> everyLook(Person person, String name, boolean axeInTheDark) {
        var page = person.page();
        var found = new ArrayList<String>();
        for (var language : List.of("ja", "en")) {
            person.prefers(language);
            page.reload();
            page.setViewportSize(Person.DESKTOP, 900);
            String desktop = name + "-" + language + "-desktop";
            found.addAll(language.equals("ja") ? wrong(person, desktop, language) : seen(person, desktop, language));
            page.setViewportSize(Person.PHONE, 740);
            String phone = name + "-" + language + "-phone";
            found.addAll(seen(person, phone, language));
        }
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        String dark = name + "-en-phone-dark";
        found.addAll(axeInTheDark ? wrong(person, dark, "en") : seen(person, dark, "en"));
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        return found;
    }

    /** Keeps a picture of a page that isn't ours. @return what stands out of the window */
    static List<?> pictured(Person person, String name) {
        takes(person.page(), name);
        return (List<?>) person.page().evaluate(TOO_WIDE);
    }

    private static List<String> atThisWidth(Page page, String name) {
        var found = new ArrayList<String>();
        page.evaluate(AT_REST);
        if (page.evaluate(TOO_WIDE) instanceof List<?> wide && !wide.isEmpty()) {
            found.add("scrolls sideways: " + wide);
        }
        takes(page, name);
        return found;
    }

    private static void takes(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
    }

    private static List<String> violations(Page page) {
        var violationsOnly = new AxeRunOptions();
        violationsOnly.setResultTypes(List.of("violations"));
        return new AxeBuilder(page).options(violationsOnly).setLegacyMode(true).analyze().getViolations().stream()
            .filter(rule -> GRAVE.contains(rule.getImpact())).map(Looks::described).toList();
    }

    private static String described(Rule rule) {
        return rule.getImpact() + " " + rule.getId() + " (" + rule.getHelp() + ") at " + rule.getNodes().stream().limit(3).map(node -> node.getTarget() + " " + node.getHtml()).toList();
    }
}
