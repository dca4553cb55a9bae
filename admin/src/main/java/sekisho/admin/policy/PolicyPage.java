package sekisho.admin.policy;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import sekisho.gateway.policy.Policy;
import sekisho.gateway.policy.PolicyStore;
import sekisho.pages.Page;
import sekisho.pages.Pages;
import sekisho.pages.SignedIn;

/** The policy by which this process decides now. It is changed in its file, not here. */
@Path("/admin/policy")
@RolesAllowed("administrator")
@RunOnVirtualThread
public class PolicyPage {

    private final Pages pages;
    private final SignedIn signedIn;
    private final PolicyStore policies;

    PolicyPage(Pages pages, SignedIn signedIn, PolicyStore policies) {
        this.pages = pages;
        this.signedIn = signedIn;
        this.policies = policies;
    }

    @CheckedTemplate(basePath = "admin", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record PolicyInForce(Page page, Policy policy) implements TemplateInstance {
    }

    @GET
    public Response policy() {
        signedIn.person();
        return pages.show(new PolicyInForce(pages.page(), policies.current()));
    }
}
