package sekisho.pages;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.RestCookie;
import org.jboss.resteasy.reactive.RestForm;
import org.jspecify.annotations.Nullable;

/** Signing out, and the page after it. */
@Path("/")
@RunOnVirtualThread
public class SignOutPages {

    private final Pages pages;
    private final Problems problems;
    private final SigningOut signingOut;

    SignOutPages(Pages pages, Problems problems, SigningOut signingOut) {
        this.pages = pages;
        this.problems = problems;
        this.signingOut = signingOut;
    }

    @CheckedTemplate(basePath = "pages", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record SignedOut(Page page) implements TemplateInstance {
    }

    @POST
    @Path("sign-out")
    public Response signOut(@RestForm @Nullable String next) {
        return signingOut.signOut(next);
    }

    @GET
    @Path("sign-out")
    public Response nothingHere() {
        return pages.seeOther("/");
    }

    /** Where the identity provider's refusals lead ({@code quarkus.oidc.authentication.error-path}). */
    @GET
    @Path("sign-in-problem")
    public Response signInProblem() {
        return problems.show(Problems.Kind.SIGN_IN_FAILED);
    }

    @GET
    @Path("signed-out")
    public Response signedOut(@RestCookie(SigningOut.NEXT_COOKIE) @Nullable String next) {
        var path = LocalPath.or(next, "");
        return path.isEmpty() ? pages.show(new SignedOut(pages.page()))
            : Response.fromResponse(pages.seeOther(path)).cookie(signingOut.next("")).build();
    }
}
