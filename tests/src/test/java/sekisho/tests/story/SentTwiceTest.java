package sekisho.tests.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sekisho.tests.House;
import sekisho.tests.Installation;
import sekisho.tests.Messages;
import sekisho.tests.PortalForm;
import sekisho.tests.Visitor;

/** A form that is posted twice sends once, on one node or two, one after the other or at one time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SentTwiceTest {

    private static final String TARO = "taro@partner.example";
    private static final byte[] CONTENT = Messages.octets(300_000, 66);
    private static final int AT_ONE_TIME = 3;

    private Installation installation;
    private String nodeA;
    private String nodeB;
    private Visitor hanakoAtA;
    private Visitor hanakoAtB;
    private PortalForm a;
    private PortalForm b;

    @BeforeAll
    void twoNodesAndTheirSender() throws Exception {
        installation = Installation.inTheHouse("sent_twice", "inside: [example.co.jp]\n");
        nodeA = House.open().takePage();
        nodeB = House.open().takePage();
        installation.startPages("web", "web-a", nodeA, Map.of());
        installation.startPages("web", "web-b", nodeB, Map.of());
        hanakoAtA = new Visitor(nodeA, "hanako");
        hanakoAtB = new Visitor(nodeB, "hanako");
        a = PortalForm.of(hanakoAtA, nodeA);
        b = PortalForm.of(hanakoAtB, nodeB);
    }

    @AfterAll
    void allGo() {
        hanakoAtA.close();
        hanakoAtB.close();
        installation.close();
    }

    private void isSentOnce(String subject) throws Exception {
        assertThat(installation.data().number("select count(*) from delivery where subject = '" + subject + "'")).as("deliveries of %s", subject).isEqualTo(1);
        assertThat(installation.orphans()).as("objects of nobody").isEmpty();
        assertThat(installation.unfinishedUploads()).isZero();
    }

    @Test
    void theSecondPostLeadsToTheFirstsPageWhichSaysSo() throws Exception {
        var form = PortalForm.body(PortalForm.newId(hanakoAtA), TARO, "One after the other", CONTENT);
        var first = a.posts(form);
        var delivery = PortalForm.delivery(first);
        assertThat(delivery).as("status %d", first.statusCode()).isNotEmpty();
        for (var node : List.of(a, b)) {
            var again = node.posts(form);
            assertThat(PortalForm.delivery(again)).isEqualTo(delivery);
            assertThat(again.headers().firstValue("Set-Cookie").orElse("")).contains("good.sent_before");
        }
        isSentOnce("One after the other");
    }

    @Test
    void ofPostsAtOneTimeOnTwoNodesOneIsSent() throws Exception {
        var form = PortalForm.body(PortalForm.newId(hanakoAtA), TARO, "At one time", CONTENT);
        var posts = new ArrayList<Callable<HttpResponse<String>>>();
        for (int i = 0; i < AT_ONE_TIME; i++) {
            posts.add(() -> a.posts(form));
            posts.add(() -> b.posts(form));
        }
        var deliveries = new HashSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(posts)) {
                deliveries.add(PortalForm.delivery(answer.get()));
            }
        }
        assertThat(deliveries).hasSize(1).doesNotContain("");
        isSentOnce("At one time");
    }

    @Test
    void aPostThatOvertakesAnotherIsTheOneThatIsSent() throws Exception {
        var form = PortalForm.body(PortalForm.newId(hanakoAtA), TARO, "Overtaken", CONTENT);
        try (var slow = a.begins(form, form.length / 2)) {
            var delivery = PortalForm.delivery(b.posts(form));
            assertThat(delivery).isNotEmpty();
            assertThat(slow.ends()).startsWith("HTTP/1.1 303").contains("/sent/" + delivery);
        }
        isSentOnce("Overtaken");
    }

    @Test
    void aRefusedPostSpendsNothing() throws Exception {
        var id = PortalForm.newId(hanakoAtA);
        var refused = a.posts(PortalForm.body(id, "nobody", "Mended", CONTENT));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).as("the form is shown again with its id").contains("value=\"" + id + "\"");
        assertThat(PortalForm.delivery(a.posts(PortalForm.body(id, TARO, "Mended", CONTENT)))).isNotEmpty();
        isSentOnce("Mended");
    }

    @Test
    void twoFormsAreTwoDeliveriesAndSoAreTwoWithoutAnId() throws Exception {
        var deliveries = new HashSet<String>();
        for (var id : List.of(PortalForm.newId(hanakoAtA), PortalForm.newId(hanakoAtA), "", "")) {
            deliveries.add(PortalForm.delivery(a.posts(PortalForm.body(id, TARO, "Of its own", CONTENT))));
        }
        assertThat(deliveries).hasSize(4).doesNotContain("");
    }

    @Test
    void anotherSenderNeitherSpendsNorLearnsOfAnId() throws Exception {
        var id = PortalForm.newId(hanakoAtA);
        var hers = PortalForm.delivery(a.posts(PortalForm.body(id, TARO, "Whose", CONTENT)));
        assertThat(hers).isNotEmpty();
        try (var ichiro = new Visitor(nodeA, "ichiro")) {
            var his = PortalForm.delivery(PortalForm.of(ichiro, nodeA).posts(PortalForm.body(id, TARO, "His own", CONTENT)));
            assertThat(his).isNotEmpty().isNotEqualTo(hers);
            var next = PortalForm.newId(hanakoAtA);
            assertThat(PortalForm.delivery(PortalForm.of(ichiro, nodeA).posts(PortalForm.body(next, TARO, "Spent by him", CONTENT)))).isNotEmpty();
            assertThat(PortalForm.delivery(a.posts(PortalForm.body(next, TARO, "Not for her", CONTENT)))).isNotEmpty();
        }
        isSentOnce("Not for her");
    }

    @Test
    void whatIsNoIdIsRefused() throws Exception {
        for (var forged : List.of("x", "' or 1=1 --", "A".repeat(5_000))) {
            var answer = a.posts(PortalForm.body(forged, TARO, "Forged", "x".getBytes(StandardCharsets.US_ASCII)));
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(answer.body()).contains("This form was changed on its way");
        }
        assertThat(installation.data().number("select count(*) from delivery where subject = 'Forged'")).isZero();
    }
}
