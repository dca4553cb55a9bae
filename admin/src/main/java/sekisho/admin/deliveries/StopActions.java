package sekisho.admin.deliveries;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.access.Destruction;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.hold.Holds;
import sekisho.pages.Pages;
import sekisho.pages.SignedIn;

/** What a responder may do to any delivery: stop what is held, shut links, open them again, destroy what is shut. Never send. */
@Path("/admin/deliveries/{id}")
@RolesAllowed("responder")
@RunOnVirtualThread
public class StopActions {

    private final Pages pages;
    private final SignedIn signedIn;
    private final Holds holds;
    private final Revocations revocations;
    private final Destruction destruction;

    StopActions(Pages pages, SignedIn signedIn, Holds holds, Revocations revocations, Destruction destruction) {
        this.pages = pages;
        this.signedIn = signedIn;
        this.holds = holds;
        this.revocations = revocations;
        this.destruction = destruction;
    }

    /** @param recipient null for everybody who still waits */
    @POST
    @Path("cancel")
    public Response cancel(@RestPath UUID id, @RestForm @Nullable UUID recipient) {
        var person = signedIn.person();
        var outcome = recipient == null ? holds.cancel(person, id) : holds.cancelFor(person, id, recipient);
        return switch (outcome) {
            case Holds.Outcome.Done(int recipients) -> back(id, "good.admin_cancelled", recipients);
            case Holds.Outcome.TooLate(), Holds.Outcome.Waiting(_), Holds.Outcome.Revoked() -> back(id, "bad.admin_too_late", 0);
            case Holds.Outcome.NotFound() -> throw new NotFoundException();
        };
    }

    /**
     * @param recipient null for all
     * @param file      null for all
     */
    @POST
    @Path("revoke")
    public Response revoke(@RestPath UUID id, @RestForm @Nullable UUID recipient, @RestForm @Nullable UUID file) {
        return answer(id, revocations.revoke(signedIn.person(), new Revocations.Target(id, recipient, file)), "good.admin_revoked");
    }

    /** Takes back {@link #revoke} of exactly the same. */
    @POST
    @Path("restore")
    public Response restore(@RestPath UUID id, @RestForm @Nullable UUID recipient, @RestForm @Nullable UUID file) {
        return answer(id, revocations.restore(signedIn.person(), new Revocations.Target(id, recipient, file)), "good.admin_restored");
    }

    /**
     * Destroys the files of a revoked delivery for good. Its own page asks for it, and for the tick beside the button.
     *
     * @param sure {@code yes} when it is ticked
     */
    @POST
    @Path("destroy")
    public Response destroy(@RestPath UUID id, @RestForm @Nullable String sure) {
        if (!"yes".equals(sure)) {
            return pages.seeOther("/admin/deliveries/" + id + "/destroy", "bad.admin_not_ticked", 0);
        }
        return switch (destruction.destroy(signedIn.person(), id)) {
            case DONE -> back(id, "good.admin_destroyed", 1);
            case UNCHANGED -> back(id, "bad.admin_shredded", 0);
            case NOT_REVOKED -> back(id, "bad.admin_revoke_first", 0);
            case HELD -> back(id, "bad.admin_cancel_first", 0);
            case NOT_FOUND -> throw new NotFoundException();
        };
    }

    private Response answer(UUID id, Revocations.Outcome outcome, String done) {
        return switch (outcome) {
            case DONE -> back(id, done, 1);
            case UNCHANGED -> back(id, "bad.admin_unchanged", 0);
            case FROZEN -> back(id, "bad.admin_malware", 0);
            case OVER -> back(id, "bad.admin_over", 0);
            case SHUT_WIDER -> back(id, "bad.admin_shut_wider", 0);
            case SHREDDED -> back(id, "bad.admin_shredded", 0);
            case NOT_FOUND -> throw new NotFoundException();
        };
    }

    private Response back(UUID id, String said, long count) {
        return pages.seeOther("/admin/deliveries/" + id, said, count);
    }
}
