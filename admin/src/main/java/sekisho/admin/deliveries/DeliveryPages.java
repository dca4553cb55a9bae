package sekisho.admin.deliveries;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryView.Summary;
import sekisho.gateway.people.People;
import sekisho.gateway.policy.PolicyStore;
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
    private static final int EVENTS_PER_PAGE = 100;
    private static final int MOST_REFUSED = 50;

    private final Pages pages;
    private final PagesConfig config;
    private final SignedIn signedIn;
    private final DeliveryRecords records;
    private final AuditLog audit;
    private final People people;
    private final PolicyStore policies;

    DeliveryPages(Pages pages, PagesConfig config, SignedIn signedIn, DeliveryRecords records, AuditLog audit, People people, PolicyStore policies) {
        this.pages = pages;
        this.config = config;
        this.signedIn = signedIn;
        this.records = records;
        this.audit = audit;
        this.people = people;
        this.policies = policies;
    }

    /**
     * @param newest path and query of the first page
     * @param older  of the next; empty text when there is none
     */
    @CheckedTemplate(basePath = "admin", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record DeliverySearch(Page page, SearchForm form, List<Summary> found, boolean firstPage, String newest, String older) implements TemplateInstance {
    }

    /** @param older id of the last event on this page when there are older ones; empty text when not */
    @CheckedTemplate(basePath = "admin", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record DeliverySheet(Page page, Sheet sheet, List<TimelineEntry> timeline, boolean newest, String older, List<RefusedEntry> refused)
            implements TemplateInstance {
    }

    /** Asks once more. */
    @CheckedTemplate(basePath = "admin", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record DeliveryDestroy(Page page, Sheet sheet) implements TemplateInstance {
    }

    /** @param before id of the last delivery of the page before */
    @GET
    public Response search(@BeanParam SearchForm form, @RestQuery @Nullable UUID before) {
        var person = signedIn.person();
        if (!form.wrong().isEmpty()) {
            return pages.show(Response.Status.BAD_REQUEST.getStatusCode(),
                new DeliverySearch(pages.page(), form, List.of(), true, "", ""));
        }
        var found = records.search(person, form.search(config.timeZone()), Optional.ofNullable(before), PER_PAGE + 1);
        var shown = found.subList(0, Math.min(PER_PAGE, found.size()));
        var older = found.size() > PER_PAGE ? form.query(Map.of("before", shown.getLast().id().toString())) : "";
        return pages.show(new DeliverySearch(pages.page(), form, shown, before == null, form.query(Map.of()), older));
    }

    /**
     * @param before id of the last event of the page before
     * @param files  which page of its files
     */
    @GET
    @Path("{id}")
    public Response delivery(@RestPath UUID id, @RestQuery @Nullable UUID before, @RestQuery @DefaultValue("1") int files) {
        var view = records.view(signedIn.person(), id).orElseThrow(NotFoundException::new);
        var page = pages.page();
        var timeline = new Timeline(page, view, people);
        var found = audit.ofDelivery(id, Optional.ofNullable(before), EVENTS_PER_PAGE + 1);
        var shown = found.subList(0, Math.min(EVENTS_PER_PAGE, found.size()));
        var older = found.size() > EVENTS_PER_PAGE ? shown.getLast().id().toString() : "";
        return pages.show(new DeliverySheet(page, Sheet.of(view, policies.current(), files), timeline.of(shown), before == null, older,
            timeline.refused(audit.refusals(id, MOST_REFUSED))));
    }

    /** What it means to destroy a delivery's files, and the button that does it. Changes nothing. */
    @GET
    @Path("{id}/destroy")
    public Response destroying(@RestPath UUID id) {
        var sheet = records.view(signedIn.person(), id).map(view -> Sheet.of(view, policies.current(), 1)).orElseThrow(NotFoundException::new);
        return sheet.destroyable() ? pages.show(new DeliveryDestroy(pages.page(), sheet)) : pages.seeOther("/admin/deliveries/" + id);
    }

    /** Where somebody lands who had to sign in again after pressing a button, which has changed nothing. */
    @GET
    @Path("{id}/{action}")
    public Response backToDelivery(@RestPath UUID id, @RestPath String action) {
        return pages.seeOther("/admin/deliveries/" + id, "bad.signed_in_again", 1);
    }
}
