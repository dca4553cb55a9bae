package sekisho.admin;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import sekisho.gateway.people.Person;
import sekisho.gateway.people.Role;
import sekisho.pages.NavLink;
import sekisho.pages.Navigation;

/** Where each role may go, and only there. */
@ApplicationScoped
class AdminNavigation implements Navigation {

    @Override
    public String area() {
        return "/admin";
    }

    @Override
    public List<NavLink> links(Person person) {
        var links = new ArrayList<NavLink>();
        if (person.has(Role.RESPONDER)) {
            links.add(new NavLink("/admin/deliveries", "admin.nav.deliveries"));
        }
        if (person.has(Role.AUDITOR)) {
            links.add(new NavLink("/admin/log", "admin.nav.log"));
        }
        if (person.has(Role.ADMINISTRATOR)) {
            links.add(new NavLink("/admin/policy", "admin.nav.policy"));
        }
        return links;
    }

    @Override
    public String signOutPath() {
        return "/admin/sign-out";
    }
}
