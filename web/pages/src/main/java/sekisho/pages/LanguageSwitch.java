package sekisho.pages;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jboss.resteasy.reactive.RestForm;
import org.jspecify.annotations.Nullable;

/** Keeps the language that somebody chose, in a cookie of this browser. */
@Path("/language")
@RunOnVirtualThread
public class LanguageSwitch {

    private static final int MAX_AGE_SECONDS = (int) Duration.ofDays(365).toSeconds();

    private final Pages pages;
    private final PagesConfig config;

    LanguageSwitch(Pages pages, PagesConfig config) {
        this.pages = pages;
        this.config = config;
    }

    @POST
    public Response choose(@RestForm @Nullable String lang, @RestForm @Nullable String back) {
        var response = Response.fromResponse(pages.seeOther(LocalPath.or(back, "/")));
        Language.of(lang).ifPresent(language -> response.cookie(new NewCookie.Builder(Language.COOKIE).value(language.tag()).path("/")
            .maxAge(MAX_AGE_SECONDS).httpOnly(true).secure("https".equals(config.publicOrigin().getScheme()))
            .sameSite(NewCookie.SameSite.LAX).build()));
        return response.build();
    }

    @GET
    public Response nothingHere() {
        return pages.seeOther("/");
    }
}
