package sekisho.web.help;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import sekisho.pages.Page;
import sekisho.pages.Pages;

/** Explains to a sender why a message came back and what to do. The same for everybody; it says nothing of any delivery. */
@Path("/help")
@RunOnVirtualThread
public class HelpPages {

    private final Pages pages;

    HelpPages(Pages pages) {
        this.pages = pages;
    }

    @CheckedTemplate(basePath = "help", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record PasswordProtected(Page page) implements TemplateInstance {
    }

    @CheckedTemplate(basePath = "help", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record Returned(Page page) implements TemplateInstance {
    }

    @GET
    @Path("returned")
    public Response returned() {
        return pages.show(new Returned(pages.page()));
    }

    @GET
    @Path("password-protected")
    public Response passwordProtected() {
        return pages.show(new PasswordProtected(pages.page()));
    }
}
