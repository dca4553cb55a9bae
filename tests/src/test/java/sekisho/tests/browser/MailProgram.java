package sekisho.tests.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import sekisho.tests.House;
import sekisho.tests.Messages;

/** A sender's mail program with the company's mail server behind it: sends one message with two attachments. */
record MailProgram(House house, String sender) {

    /** The attachments: {@link Messages#JAPANESE_NAME} and {@link Messages#PLAIN_NAME}. */
    static final byte[] FIRST = Messages.octets(10_000, 1);
    static final byte[] SECOND = Messages.octets(300_000, 2);

    private static final Pattern DELIVERY = Pattern.compile("accepted as ([0-9a-f-]{36})");

    /** @return the delivery's id */
    String sends(String subject, String... to) throws IOException {
        var reply = house.mailServer().submits(sender, List.of(to), Messages.twoAttachments(subject, FIRST, SECOND));
        var id = DELIVERY.matcher(reply);
        assertThat(id.find()).as("accepted: " + reply).isTrue();
        return id.group(1);
    }
}
