package sekisho.web.link;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.security.Authenticated;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import sekisho.gateway.access.Downloads;
import sekisho.gateway.access.Links;
import sekisho.pages.Excerpt;
import sekisho.pages.Page;
import sekisho.pages.Pages;
import sekisho.pages.SignedIn;

/**
 * The pages behind a link. The first needs no sign-in, changes nothing and tells only what the mail's envelope tells; the second is
 * for the one person who has proved the recipient's address.
 */
@Path("/d/{token}")
@RunOnVirtualThread
public class LinkPages {

    private static final int NOT_YOURS = 403;
    private static final int NOT_YET = 409;
    private static final int GONE = 410;

    private final Pages pages;
    private final SignedIn signedIn;
    private final Links links;
    private final Downloads downloads;

    LinkPages(Pages pages, SignedIn signedIn, Links links, Downloads downloads) {
        this.pages = pages;
        this.signedIn = signedIn;
        this.links = links;
        this.downloads = downloads;
    }

    @CheckedTemplate(basePath = "link", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record Landing(Page page, String token, Links.Landing link) implements TemplateInstance {
    }

    @CheckedTemplate(basePath = "link", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record Closed(Page page, Links.Landing link) implements TemplateInstance {
    }

    @CheckedTemplate(basePath = "link", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record NotYours(Page page, String token, Links.Landing link, boolean verified) implements TemplateInstance {
    }

    @CheckedTemplate(basePath = "link", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record Files(Page page, String token, Links.Opening.Files link, Excerpt<Links.LinkFile> excerpt) implements TemplateInstance {
    }

    /** Scanners and previews open this too, so it changes nothing. */
    @GET
    public Response landing(@RestPath String token) {
        var landing = links.landing(token).orElseThrow(NotFoundException::new);
        return landing.state() == Links.State.OPEN ? pages.show(new Landing(pages.page(), token, landing)) : closed(landing);
    }

    /** The files, for the recipient. @param page which page of them */
    @GET
    @Path("files")
    @Authenticated
    public Response files(@RestPath String token, @RestQuery("files") @DefaultValue("1") int page) {
        var person = signedIn.person();
        return switch (links.open(token, person)) {
            case Links.Opening.Files files -> pages.show(new Files(pages.page(), token, files, Excerpt.of(files.files(), page)));
            case Links.Opening.Closed(var landing) -> closed(landing);
            case Links.Opening.NotYours(var landing) ->
                pages.show(NOT_YOURS, new NotYours(pages.page(), token, landing, person.address().isPresent()));
            case Links.Opening.Unknown() -> throw new NotFoundException();
        };
    }

    /** Makes a ticket and leads to it. */
    @POST
    @Path("files/{file}")
    @Authenticated
    public Response download(@RestPath String token, @RestPath UUID file) {
        return switch (downloads.ticket(token, file, signedIn.person())) {
            case Downloads.Ticketing.Ticket(var ticket) -> pages.seeOther("/download/" + ticket);
            case Downloads.Ticketing.Refused() -> pages.seeOther(filesOf(token), "bad.download", 1);
        };
    }

    /** Where somebody lands who had to sign in again after pressing a button, which has changed nothing. */
    @GET
    @Path("files/{file}")
    public Response backToFiles(@RestPath String token, @RestPath String file) {
        return pages.seeOther(filesOf(token), "bad.signed_in_again", 1);
    }

    /** Only a token that exists goes into a header. */
    private String filesOf(String token) {
        links.landing(token).orElseThrow(NotFoundException::new);
        return "/d/" + token + "/files";
    }

    private Response closed(Links.Landing landing) {
        return pages.show(landing.state() == Links.State.NOT_YET ? NOT_YET : GONE, new Closed(pages.page(), landing));
    }
}
