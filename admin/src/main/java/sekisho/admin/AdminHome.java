package sekisho.admin;

import io.quarkus.security.Authenticated;
import io.quarkus.security.ForbiddenException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.RestForm;
import org.jspecify.annotations.Nullable;
import sekisho.pages.Pages;
import sekisho.pages.SignedIn;
import sekisho.pages.SigningOut;

/** The way in, which leads each role to its own first page, and the way out. */
@Path("/admin")
@Authenticated
@RunOnVirtualThread
public class AdminHome {

    private final Pages pages;
    private final SignedIn signedIn;
    private final SigningOut signingOut;
    private final AdminNavigation navigation;

    AdminHome(Pages pages, SignedIn signedIn, SigningOut signingOut, AdminNavigation navigation) {
        this.pages = pages;
        this.signedIn = signedIn;
        this.signingOut = signingOut;
        this.navigation = navigation;
    }

    @GET
    public Response home() {
        var links = navigation.links(signedIn.person());
        if (links.isEmpty()) {
            throw new ForbiddenException();
        }
        return pages.seeOther(links.getFirst().path());
    }

    /** Where the identity provider comes back to; whoever opens it without an answer of the provider's goes on to the first page. */
    @GET
    @Path("sign-in")
    public Response signIn() {
        return pages.seeOther("/admin");
    }

    @GET
    @Path("sign-out")
    public Response nothingHere() {
        return pages.seeOther("/admin");
    }

    @POST
    @Path("sign-out")
    public Response signOut(@RestForm @Nullable String next) {
        return signingOut.signOut(next);
    }
}
