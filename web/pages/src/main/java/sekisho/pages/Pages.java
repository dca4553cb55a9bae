package sekisho.pages;

import io.quarkus.arc.All;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.people.Person;

/**
 * Makes pages. A resource asks {@link #page()} for what its template needs, and answers {@link #show}. Whoever needs to know who is
 * signed in asks {@link SignedIn} first; then the page's header shows it.
 */
@ApplicationScoped
public class Pages {

    /** When to try again what is refused for now. */
    static final String RETRY_SECONDS = "30";

    private static final String HTML = "text/html;charset=UTF-8";
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final PagesConfig config;
    private final Words words;
    private final Assets assets;
    private final Clock clock;
    private final CurrentVertxRequest current;
    private final List<Navigation> navigations;

    Pages(PagesConfig config, Assets assets, Clock clock, CurrentVertxRequest current, @All List<Navigation> navigations) {
        this.config = config;
        this.words = Words.load(Thread.currentThread().getContextClassLoader());
        this.assets = assets;
        this.clock = clock;
        this.current = current;
        this.navigations = navigations.stream()
            .sorted(Comparator.comparing((Navigation navigation) -> navigation.area().length()).reversed()).toList();
    }

    /** What the template of the current request's page needs. */
    public Page page() {
        return page(current.getCurrent());
    }

    Page page(RoutingContext request) {
        var query = request.request().query();
        var path = request.normalizedPath();
        var navigation = navigation(path);
        return new Page(words, assets, language(request), config.timeZone(), clock.instant(), query == null ? path : path + "?" + query,
            (Person) request.get(SignedIn.KEY), navigation, home(navigation), Said.in(request).orElse(null));
    }

    static Language language(RoutingContext request) {
        var cookie = request.request().getCookie(Language.COOKIE);
        return Language.choose(cookie == null ? null : cookie.getValue(), request.request().getHeader("Accept-Language"));
    }

    /** Where no area covers a path, the only ones there are may begin further down, as in a process for {@code /admin} alone. */
    private String home(@Nullable Navigation navigation) {
        var area = navigation != null ? navigation.area() : navigations.isEmpty() ? "" : navigations.getLast().area();
        return area.isEmpty() ? "/" : area;
    }

    private @Nullable Navigation navigation(String path) {
        return navigations.stream().filter(n -> path.equals(n.area()) || path.startsWith(n.area() + "/")).findFirst().orElse(null);
    }

    /** A page with this HTTP status; with a refusal for now goes when to try again. */
    public Response show(int status, TemplateInstance template) {
        var response = Response.status(status).type(HTML).entity(template.render());
        if (status == TOO_MANY_REQUESTS || status == UNAVAILABLE) {
            response.header("Retry-After", RETRY_SECONDS);
        }
        var request = current.getCurrent();
        if (request.request().getCookie(Said.COOKIE) != null) {
            response.cookie(Said.gone(request.normalizedPath(), secure()));
        }
        return response.build();
    }

    /** A page with status 200. */
    public Response show(TemplateInstance template) {
        return show(Response.Status.OK.getStatusCode(), template);
    }

    /** After a change: 303, so that reloading repeats nothing. {@code path} is ours, never taken from a request. */
    public Response seeOther(String path) {
        return Response.status(Response.Status.SEE_OTHER).header("Location", path).build();
    }

    /**
     * After a change, with a text that the page at {@code path} shows once.
     *
     * @param said  key of the text below {@code said.}, beginning with {@code good.} or {@code bad.}
     * @param count how many it happened to; {@code {0}} of the text
     */
    public Response seeOther(String path, String said, long count) {
        return Response.fromResponse(seeOther(path)).cookie(new Said(said, count).cookie(path, secure())).build();
    }

    private boolean secure() {
        return "https".equals(config.publicOrigin().getScheme());
    }
}
