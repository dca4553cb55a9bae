package sekisho.pages;

import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.OidcRedirectFilter;
import io.quarkus.oidc.Redirect;
import jakarta.enterprise.context.ApplicationScoped;

/** Asks the identity provider to speak the language of our pages ({@code ui_locales}, OpenID Connect Core 1.0 §3.1.2.1). */
@Redirect(Redirect.Location.OIDC_AUTHORIZATION)
@Unremovable
@ApplicationScoped
public class SignInLanguage implements OidcRedirectFilter {

    @Override
    public void filter(OidcRedirectContext redirect) {
        redirect.additionalQueryParams().add("ui_locales", Pages.language(redirect.routingContext()).tag());
    }
}
