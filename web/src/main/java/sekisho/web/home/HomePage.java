package sekisho.web.home;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import sekisho.gateway.people.Role;
import sekisho.pages.Page;
import sekisho.pages.Pages;
import sekisho.pages.SignedIn;

/** Senders go on to their list; everybody else is told what this is. */
@Path("/")
@RunOnVirtualThread
public class HomePage {

    private final Pages pages;
    private final SignedIn signedIn;

    HomePage(Pages pages, SignedIn signedIn) {
        this.pages = pages;
        this.signedIn = signedIn;
    }

    @CheckedTemplate(basePath = "home", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record Home(Page page) implements TemplateInstance {
    }

    @GET
    public Response home() {
        var person = signedIn.ifAny();
        return person.isPresent() && person.get().has(Role.SENDER) ? pages.seeOther("/sent") : pages.show(new Home(pages.page()));
    }

    /** Where the identity provider comes back to; whoever opens it without an answer of the provider's goes on to the first page. */
    @GET
    @Path("sign-in")
    public Response signIn() {
        return pages.seeOther("/");
    }
}
