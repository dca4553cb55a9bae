package sekisho.web.sent;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.delivery.DeliveryRecords;
import sekisho.gateway.delivery.DeliveryView.Summary;
import sekisho.gateway.policy.PolicyStore;
import sekisho.pages.Page;
import sekisho.pages.Pages;
import sekisho.pages.SignedIn;

/** A sender's list of deliveries, what is held first, and one delivery in full. Looking changes nothing. */
@Path("/sent")
@RolesAllowed("sender")
@RunOnVirtualThread
public class SentPages {

    private static final int MOST_HELD = 100;
    private static final int PER_PAGE = 20;

    private final Pages pages;
    private final SignedIn signedIn;
    private final DeliveryRecords records;
    private final PolicyStore policies;

    SentPages(Pages pages, SignedIn signedIn, DeliveryRecords records, PolicyStore policies) {
        this.pages = pages;
        this.signedIn = signedIn;
        this.records = records;
        this.policies = policies;
    }

    /** @param older id of the last one on this page when there are more; empty text when not */
    @CheckedTemplate(basePath = "sent", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record SentList(Page page, List<Summary> held, List<Summary> others, boolean firstPage, String older) implements TemplateInstance {
    }

    @CheckedTemplate(basePath = "sent", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record SentDelivery(Page page, ShownDelivery shown) implements TemplateInstance {
    }

    /** @param before id of the last delivery of the page before */
    @GET
    public Response list(@RestQuery @Nullable UUID before) {
        var person = signedIn.person();
        var found = records.sentBy(person, Optional.ofNullable(before), PER_PAGE + 1);
        var shown = found.subList(0, Math.min(PER_PAGE, found.size()));
        var older = found.size() > PER_PAGE ? shown.getLast().id().toString() : "";
        var held = before == null ? records.heldOf(person, MOST_HELD) : List.<Summary>of();
        return pages.show(new SentList(pages.page(), held, others(shown, held), before == null, older));
    }

    /** What isn't listed as held: also what is held, on the pages behind the first and beyond {@link #MOST_HELD}. */
    static List<Summary> others(List<Summary> shown, List<Summary> held) {
        var listed = held.stream().map(Summary::id).collect(Collectors.toSet());
        return shown.stream().filter(summary -> !listed.contains(summary.id())).toList();
    }

    /** @param files which page of its files */
    @GET
    @Path("{id}")
    public Response delivery(@RestPath UUID id, @RestQuery @DefaultValue("1") int files) {
        var view = records.view(signedIn.person(), id).orElseThrow(NotFoundException::new);
        return pages.show(new SentDelivery(pages.page(), ShownDelivery.of(view, policies.current(), files)));
    }

    /** Where somebody lands who had to sign in again after pressing a button, which has changed nothing. */
    @GET
    @Path("{id}/{action}")
    public Response backToDelivery(@RestPath UUID id, @RestPath String action) {
        return pages.seeOther("/sent/" + id, "bad.signed_in_again", 1);
    }
}
