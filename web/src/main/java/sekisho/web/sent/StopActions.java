package sekisho.web.sent;

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
import sekisho.gateway.access.Revocations;
import sekisho.gateway.hold.Holds;
import sekisho.pages.Pages;
import sekisho.pages.SignedIn;

/** The buttons on a sender's delivery. The gateway checks whose it is and what state it is in; the page that follows says what came of it. */
@Path("/sent/{id}")
@RolesAllowed("sender")
@RunOnVirtualThread
public class StopActions {

    private final Pages pages;
    private final SignedIn signedIn;
    private final Holds holds;
    private final Revocations revocations;

    StopActions(Pages pages, SignedIn signedIn, Holds holds, Revocations revocations) {
        this.pages = pages;
        this.signedIn = signedIn;
        this.holds = holds;
        this.revocations = revocations;
    }

    /** @param recipient null for all that still wait */
    @POST
    @Path("cancel")
    public Response cancel(@RestPath UUID id, @RestForm @Nullable UUID recipient) {
        var person = signedIn.person();
        return answer(id, recipient == null ? holds.cancel(person, id) : holds.cancelFor(person, id, recipient), "good.cancelled");
    }

    @POST
    @Path("send-now")
    public Response sendNow(@RestPath UUID id) {
        return answer(id, holds.releaseNow(signedIn.person(), id), "good.released");
    }

    /**
     * @param recipient null for all
     * @param file      null for all
     */
    @POST
    @Path("revoke")
    public Response revoke(@RestPath UUID id, @RestForm @Nullable UUID recipient, @RestForm @Nullable UUID file) {
        return answer(id, revocations.revoke(signedIn.person(), new Revocations.Target(id, recipient, file)), "good.revoked");
    }

    /** Takes back {@link #revoke} of exactly the same. */
    @POST
    @Path("restore")
    public Response restore(@RestPath UUID id, @RestForm @Nullable UUID recipient, @RestForm @Nullable UUID file) {
        return answer(id, revocations.restore(signedIn.person(), new Revocations.Target(id, recipient, file)), "good.restored");
    }

    private Response answer(UUID id, Holds.Outcome outcome, String done) {
        return switch (outcome) {
            case Holds.Outcome.Done(int recipients) -> pages.seeOther("/sent/" + id, done, recipients);
            case Holds.Outcome.Waiting(int recipients) -> pages.seeOther("/sent/" + id, "good.waits_for_scan", recipients);
            case Holds.Outcome.Revoked() -> pages.seeOther("/sent/" + id, "bad.send_revoked", 0);
            case Holds.Outcome.TooLate() -> pages.seeOther("/sent/" + id, "bad.too_late", 0);
            case Holds.Outcome.NotFound() -> throw new NotFoundException();
        };
    }

    private Response answer(UUID id, Revocations.Outcome outcome, String done) {
        return switch (outcome) {
            case DONE -> pages.seeOther("/sent/" + id, done, 1);
            case UNCHANGED -> pages.seeOther("/sent/" + id, "bad.unchanged", 0);
            case OVER -> pages.seeOther("/sent/" + id, "bad.over", 0);
            case SHUT_WIDER -> pages.seeOther("/sent/" + id, "bad.shut_wider", 0);
            case FROZEN -> pages.seeOther("/sent/" + id, "bad.frozen", 0);
            case SHREDDED -> pages.seeOther("/sent/" + id, "bad.shredded", 0);
            case NOT_FOUND -> throw new NotFoundException();
        };
    }
}
