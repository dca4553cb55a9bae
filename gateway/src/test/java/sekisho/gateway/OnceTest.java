package sekisho.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sekisho.gateway.delivery.Deliveries;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.delivery.Once;
import sekisho.gateway.files.Vault;
import sekisho.gateway.people.EmailAddress;

/** A form that is handed in more than once becomes one delivery. */
@QuarkusTest
@QuarkusTestResource(TestServers.class)
class OnceTest {

    private static final String HANAKO = "hanako@example.co.jp";
    private static final String ICHIRO = "ichiro@example.co.jp";
    private static final List<String> TARO = List.of("taro@partner.example");
    private static final byte[] CONTENT = new byte[100_000];
    private static final int AT_ONE_TIME = 8;

    @Inject
    Mail mail;
    @Inject
    Deliveries deliveries;
    @Inject
    Vault vault;

    private final String form = UUID.randomUUID().toString();
    private Set<String> before;

    @BeforeEach
    void look() throws IOException {
        before = objects();
    }

    private Set<String> objects() throws IOException {
        var keys = new HashSet<String>();
        vault.store().list(object -> keys.add(object.key()));
        return keys;
    }

    private int newObjects() throws IOException {
        var now = objects();
        now.removeAll(before);
        return now.size();
    }

    @Test
    void theSecondIsToldOfTheFirstAndLeavesNothing() throws Exception {
        var first = mail.handIn(form, HANAKO, TARO, CONTENT);
        assertThat(first.intake()).isInstanceOf(Intake.Accepted.class);
        int ofOne = newObjects();
        assertThat(mail.handIn(form, HANAKO, TARO, CONTENT).intake()).isEqualTo(new Intake.Repeated(first.delivery()));
        assertThat(newObjects()).isEqualTo(ofOne);
        assertThat(deliveries.madeOf(Once.of(EmailAddress.parse(HANAKO).orElseThrow(), form))).contains(first.delivery());
    }

    @Test
    void ofManyAtOneTimeOneIsSent() throws Exception {
        var start = new CyclicBarrier(AT_ONE_TIME);
        var all = new ArrayList<Callable<Mail.Sent>>();
        for (int i = 0; i < AT_ONE_TIME; i++) {
            all.add(() -> {
                start.await();
                return mail.handIn(form, HANAKO, TARO, CONTENT);
            });
        }
        var intakes = new ArrayList<Intake>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var sent : threads.invokeAll(all)) {
                intakes.add(sent.get().intake());
            }
        }
        var accepted = intakes.stream().filter(Intake.Accepted.class::isInstance).map(Intake.Accepted.class::cast).toList();
        assertThat(accepted).hasSize(1);
        assertThat(intakes).filteredOn(Intake.Repeated.class::isInstance).hasSize(AT_ONE_TIME - 1)
            .containsOnly(new Intake.Repeated(accepted.getFirst().delivery()));
        assertThat(newObjects()).as("the objects of one").isEqualTo(1);
    }

    @Test
    void whatWasRefusedMayBeHandedInAgain() {
        assertThat(mail.handIn(form, HANAKO, List.of("ceo@rival.example"), CONTENT).intake()).isInstanceOf(Intake.Refused.class);
        assertThat(mail.handIn(form, HANAKO, TARO, CONTENT).intake()).isInstanceOf(Intake.Accepted.class);
    }

    @Test
    void theIdOfSomebodyElseIsNoneOfTheirs() {
        var hers = mail.handIn(form, HANAKO, TARO, CONTENT);
        var his = mail.handIn(form, ICHIRO, TARO, CONTENT);
        assertThat(his.intake()).as("neither refused nor told of hers").isInstanceOf(Intake.Accepted.class);
        assertThat(his.delivery()).isNotEqualTo(hers.delivery());
    }

    @Test
    void otherFormsAndThoseWithoutAnIdAreDeliveriesOfTheirOwn() {
        assertThat(mail.handIn(form, HANAKO, TARO, CONTENT).intake()).isInstanceOf(Intake.Accepted.class);
        assertThat(mail.handIn(form + "2", HANAKO, TARO, CONTENT).intake()).isInstanceOf(Intake.Accepted.class);
        assertThat(mail.send(HANAKO, TARO, CONTENT).intake()).isInstanceOf(Intake.Accepted.class);
        assertThat(mail.send(HANAKO, TARO, CONTENT).intake()).isInstanceOf(Intake.Accepted.class);
    }
}
