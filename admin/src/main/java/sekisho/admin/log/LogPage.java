package sekisho.admin.log;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;
import sekisho.admin.Actors;
import sekisho.gateway.audit.AuditReading;
import sekisho.gateway.audit.AuditRecord;
import sekisho.gateway.people.People;
import sekisho.pages.Page;
import sekisho.pages.Pages;
import sekisho.pages.SignedIn;

/** The audit log, newest first, and how far its tree has grown. Reading it is itself an event. */
@Path("/admin/log")
@RolesAllowed("auditor")
@RunOnVirtualThread
public class LogPage {

    private static final int PER_PAGE = 50;

    private final Pages pages;
    private final SignedIn signedIn;
    private final AuditReading reading;
    private final People people;

    LogPage(Pages pages, SignedIn signedIn, AuditReading reading, People people) {
        this.pages = pages;
        this.signedIn = signedIn;
        this.reading = reading;
        this.people = people;
    }

    /** @param place number in the tree; empty text while it waits for one */
    record Entry(AuditRecord record, String place, String actor, String delivery, String recipient, String file, List<Details.Detail> details) {
    }

    /** @param older id of the last one on this page when there are more; empty text when not */
    @CheckedTemplate(basePath = "admin", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record AuditLog(Page page, AuditReading.Tree tree, List<Entry> entries, boolean firstPage, String older) implements TemplateInstance {
    }

    @GET
    public Response log(@RestQuery @Nullable UUID before) {
        var person = signedIn.person();
        var tree = reading.tree(person).orElseThrow(io.quarkus.security.ForbiddenException::new);
        var found = reading.page(person, Optional.ofNullable(before), PER_PAGE + 1);
        var shown = found.subList(0, Math.min(PER_PAGE, found.size()));
        var older = found.size() > PER_PAGE ? shown.getLast().id().toString() : "";
        var page = pages.page();
        var actors = new Actors(page, people);
        var details = new Details(page);
        return pages.show(new AuditLog(page, tree, shown.stream().map(record -> entry(record, actors, details)).toList(), before == null, older));
    }

    private static Entry entry(AuditRecord record, Actors actors, Details details) {
        return new Entry(record, record.index().map(String::valueOf).orElse(""), actors.name(record.actor()),
            record.delivery().map(UUID::toString).orElse(""), record.recipient().map(UUID::toString).orElse(""),
            record.file().map(UUID::toString).orElse(""), details.of(record.details()));
    }
}
