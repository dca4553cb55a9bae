package sekisho.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.quarkus.security.Authenticated;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import org.junit.jupiter.api.Test;
import sekisho.gateway.access.Destruction;
import sekisho.gateway.access.Revocations;
import sekisho.gateway.hold.Holds;
import sekisho.tests.OurClasses;

/** What holds for every page, also those that are yet to be written. */
class PagesTest {

    @Test
    void everyPageBelowAdminSaysWhoMaySeeIt() {
        classes().that().resideInAPackage("sekisho.admin..").and().areAnnotatedWith(Path.class).should().beAnnotatedWith(RolesAllowed.class)
            .orShould().beAnnotatedWith(Authenticated.class).check(OurClasses.ALL);
        noMethods().that().areDeclaredInClassesThat().resideInAPackage("sekisho.admin..").should().beAnnotatedWith(PermitAll.class)
            .check(OurClasses.ALL);
    }

    @Test
    void noGetStopsReleasesOrRevokesAnything() {
        var change = call(Holds.class, Revocations.class, Destruction.class);
        noMethods().that().areAnnotatedWith(GET.class).should(change).check(OurClasses.ALL);
        assertThatThrownBy(() -> noMethods().that().areAnnotatedWith(POST.class).should(change).check(OurClasses.ALL))
            .as("the rule sees changes where they are").isInstanceOf(AssertionError.class);
    }

    private static ArchCondition<JavaMethod> call(Class<?>... services) {
        return new ArchCondition<>("call what changes something") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                for (var call : method.getMethodCallsFromSelf()) {
                    for (var service : services) {
                        if (call.getTargetOwner().isEquivalentTo(service)) {
                            events.add(SimpleConditionEvent.satisfied(method, call.getDescription()));
                        }
                    }
                }
            }
        };
    }
}
