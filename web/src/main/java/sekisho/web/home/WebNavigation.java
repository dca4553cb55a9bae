package sekisho.web.home;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import sekisho.gateway.people.Person;
import sekisho.gateway.people.Role;
import sekisho.pages.NavLink;
import sekisho.pages.Navigation;

/** Senders have two places to go; recipients have only their link. */
@ApplicationScoped
class WebNavigation implements Navigation {

    @Override
    public String area() {
        return "";
    }

    @Override
    public List<NavLink> links(Person person) {
        return person.has(Role.SENDER) ? List.of(new NavLink("/sent", "nav.sent"), new NavLink("/send", "nav.send")) : List.of();
    }

    @Override
    public String signOutPath() {
        return "/sign-out";
    }
}
