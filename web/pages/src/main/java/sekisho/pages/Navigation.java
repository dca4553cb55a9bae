package sekisho.pages;

import java.util.List;
import sekisho.gateway.people.Person;

/** The header's links for one area of the site. Each module with pages brings one as a bean. */
public interface Navigation {

    /** The area's beginning, such as {@code /admin}; empty text for all that no other area covers. */
    String area();

    /** The links for somebody signed in, in the order in which they are shown. */
    List<NavLink> links(Person person);

    /** Where the area's sign-out form posts to. */
    String signOutPath();
}
