package sekisho.admin.deliveries;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryView.Summary;
import sekisho.gateway.people.People;
import sekisho.pages.Page;
import sekisho.pages.Pages;
import sekisho.pages.PagesConfig;
import sekisho.pages.SignedIn;

/** A responder's search, and one delivery with its exposure sheet and timeline. Looking changes nothing, but is recorded. */
@Path("/admin/deliveries")
@RolesAllowed("responder")
@RunOnVirtualThread
public class DeliveryPages {

    private static final int PER_PAGE = 25;

    private final Pages pages;
    private final PagesConfig config;
    private final SignedIn signedIn;
    private final DeliveryRecords records;
    private final AuditLog audit;
    private final People people;

    DeliveryPages(Pages pages, PagesConfig config, SignedIn signedIn, DeliveryRecords records, AuditLog audit, People people) {
        this.pages = pages;
        this.config = config;
        this.signedIn = signedIn;
        this.records = records;
        this.audit = audit;
        this.people = people;
    }

    /** @param older query of the next page; empty text when there is none */
    @CheckedTemplate(basePath = "admin", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record DeliverySearch(Page page, SearchForm form, List<Summary> found, boolean firstPage, String older) implements TemplateInstance {
    }

    @CheckedTemplate(basePath = "admin", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record DeliverySheet(Page page, Sheet sheet, List<TimelineEntry> timeline) implements TemplateInstance {
    }

    /** @param before id of the last delivery of the page before */
    @GET
    public Response search(@BeanParam SearchForm form, @RestQuery @Nullable UUID before) {
        var person = signedIn.person();
        if (!form.wrong().isEmpty()) {
            return pages.show(Response.Status.BAD_REQUEST.getStatusCode(),
                new DeliverySearch(pages.page(), form, List.of(), true, ""));
        }
        var found = records.search(person, form.search(config.timeZone()), Optional.ofNullable(before), PER_PAGE + 1);
        var shown = found.subList(0, Math.min(PER_PAGE, found.size()));
        var older = found.size() > PER_PAGE ? form.query("before", shown.getLast().id().toString()) : "";
        return pages.show(new DeliverySearch(pages.page(), form, shown, before == null, older));
    }

    @GET
    @Path("{id}")
    public Response delivery(@RestPath UUID id) {
        var view = records.view(signedIn.person(), id).orElseThrow(NotFoundException::new);
        var page = pages.page();
        return pages.show(new DeliverySheet(page, Sheet.of(view), new Timeline(page, view, people).of(audit.ofDelivery(id))));
    }

    /** Where somebody lands who had to sign in again after pressing a button. */
    @GET
    @Path("{id}/{action}")
    public Response backToDelivery(@RestPath UUID id, @RestPath String action) {
        return pages.seeOther("/admin/deliveries/" + id);
    }
}
