package sekisho.web.send;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** The empty form, for senders. */
@Path("/send")
@RolesAllowed("sender")
@RunOnVirtualThread
public class SendPage {

    private final SendForm form;

    SendPage(SendForm form) {
        this.form = form;
    }

    @GET
    public Response empty() {
        return form.show();
    }
}
