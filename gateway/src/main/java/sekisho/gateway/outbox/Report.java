package sekisho.gateway.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a delivery status notification is to say about one recipient.
 *
 * @param status   enhanced code (RFC 3463) for when the reply has none
 * @param giveUpAt when trying will end; only of a delay
 */
public record Report(Action action, Settlement.Reply reply, String status, @Nullable Instant giveUpAt) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What happened. */
    public enum Action {
        /** It will not be tried again. */
        FAILED("FAILURE", true),
        /** It has not been possible so far. */
        DELAYED("DELAY", true),
        /** The next hop took it and will not report. */
        RELAYED("SUCCESS", false),
        /** Sent whole and never answered; so was the next attempt, or it was refused. RFC 3464 has no word for it. */
        UNCONFIRMED("FAILURE", true),
        /** A file behind the link was shut after it had gone out: malware was found in it. */
        WITHDRAWN("FAILURE", true),
        /** The message went out, or waits, and looks like a password that nobody needs. */
        PASSWORD("FAILURE", true);

        /** Those of which one notification can speak for several recipients (RFC 3464 §2.3), by name. */
        static final List<String> JOINED = Stream.of(FAILED, DELAYED, RELAYED).map(Enum::name).toList();

        private final String wish;
        private final boolean unasked;

        Action(String wish, boolean unasked) {
            this.wish = wish;
            this.unasked = unasked;
        }

        /** Whether a sender wants to hear of it who gave {@code notify} (RFC 3461 §4.1); null: gave none. */
        public boolean isWanted(@Nullable String notify) {
            return notify == null || notify.isBlank() ? unasked : (',' + notify.toUpperCase(Locale.ROOT) + ',').contains(',' + wish + ',');
        }
    }

    /** As it waits in the outbox. */
    String toJson() {
        var fields = new LinkedHashMap<String, String>();
        fields.put("action", action.name());
        fields.put("reply", reply.text());
        fields.put("remote", reply.remote());
        fields.put("saidByRemote", Boolean.toString(reply.saidByRemote()));
        fields.put("status", status);
        if (giveUpAt != null) {
            fields.put("giveUpAt", giveUpAt.toString());
        }
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException textsAlwaysCanBe) {
            throw new IllegalStateException(textsAlwaysCanBe);
        }
    }

    /** @throws IllegalStateException when this is not what {@link #toJson} writes */
    static Report of(String json) {
        try {
            var fields = JSON.readTree(json);
            var reply = new Settlement.Reply(fields.path("reply").asText(""), fields.path("remote").asText(""),
                fields.path("saidByRemote").asBoolean(false));
            return new Report(Action.valueOf(fields.path("action").asText("FAILED")), reply, fields.path("status").asText("5.0.0"),
                Optional.of(fields.path("giveUpAt").asText("")).filter(at -> !at.isEmpty()).map(Instant::parse).orElse(null));
        } catch (JsonProcessingException | RuntimeException notOurs) {
            throw new IllegalStateException("not a report", notOurs);
        }
    }
}
