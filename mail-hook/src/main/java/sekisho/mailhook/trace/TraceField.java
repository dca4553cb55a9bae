package sekisho.mailhook.trace;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.storage.OpeningKey;

/**
 * The header field on every message that we send:
 *
 * <pre>
 * X-Sekisho-Trace: v1; t=1795564800; id=0199…; kind=linked;
 *     mac=base64url(HMAC-SHA-256(key, "v1;t=…;id=…;kind=…;" || Message-ID))
 *
 * t     when the copy was queued, in seconds since 1970
 * id    the delivery
 * kind  what is sent, see {@link OutboxItem.Kind}
 * </pre>
 *
 * The key is derived from the spool's private key, which the mail side alone has; each version of that is one. A Message-ID is covered for
 * copies only: notices and reports have one of their own. The field proves that we have sent this message once, and nothing about its content
 * now; so it opens nothing.
 */
public final class TraceField {

    public static final String NAME = "X-Sekisho-Trace";

    private static final String LABEL = "sekisho/trace/v1";
    private static final int KEY_OCTETS = 32;
    /** Longer than a message waits here and then in another queue; nothing but a refusal hangs on it. */
    private static final Duration LIFE = Duration.ofDays(15);
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);
    private static final Pattern VALUE = Pattern.compile("(v1;t=(\\d{1,11});id=([0-9a-f-]{36});kind=([a-z]{3,8});)mac=([A-Za-z0-9_-]{43})");
    private static final Pattern MESSAGE_ID = Pattern.compile("<[^<>\\s]{1,900}>");

    private final OpeningKey spoolKey;
    private final Clock clock;
    private volatile Derived derived;

    /** @param spoolKey the file {@code spool.private}; may get and lose versions meanwhile */
    public TraceField(OpeningKey spoolKey, Clock clock) {
        this.spoolKey = spoolKey;
        this.clock = clock;
        this.derived = derive();
    }

    /**
     * @param versions whose keys these are
     * @param keys     the newest first
     */
    private record Derived(SortedSet<Integer> versions, List<byte[]> keys) {
    }

    private Derived derive() {
        return new Derived(spoolKey.versions(), spoolKey.derive(LABEL, KEY_OCTETS));
    }

    private List<byte[]> keys() {
        var known = derived;
        if (!known.versions.equals(spoolKey.versions())) {
            known = derive();
            derived = known;
        }
        return known.keys;
    }

    /** What came back. */
    public record Trace(UUID delivery, OutboxItem.Kind kind) {
    }

    /** The field for what an item sends, folded, without its last line end. The same copy always gets the same one. */
    public String compose(OutboxItem item) {
        return compose(item.kind(), item.delivery(), item.createdAt(), item.messageId());
    }

    /** @param messageId value of the message's field */
    public String compose(OutboxItem.Kind kind, UUID delivery, Instant queued, String messageId) {
        String about = "v1;t=" + queued.getEpochSecond() + ";id=" + delivery + ";kind=" + kind.name().toLowerCase(Locale.ROOT) + ";";
        byte[] mac = mac(keys().getFirst(), about, covered(kind, messageId));
        return NAME + ": " + about.replace(";", "; ").stripTrailing() + "\r\n\tmac=" + Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
    }

    /**
     * What a message that comes in was when it went out.
     *
     * @param value     of the field, unfolded or not
     * @param messageId value of the message's field; empty without one
     * @return empty when it isn't ours, or of another message, or so old that no queue can have kept it
     */
    public Optional<Trace> read(String value, String messageId) {
        var parts = VALUE.matcher(value.replaceAll("\\s", ""));
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            var kind = OutboxItem.Kind.valueOf(parts.group(4).toUpperCase(Locale.ROOT));
            byte[] given = Base64.getUrlDecoder().decode(parts.group(5));
            boolean ours = keys().stream().map(key -> mac(key, parts.group(1), covered(kind, messageId))).anyMatch(mac -> MessageDigest.isEqual(mac, given));
            return ours && isRecent(Instant.ofEpochSecond(Long.parseLong(parts.group(2)))) ? Optional.of(new Trace(UUID.fromString(parts.group(3)), kind))
                : Optional.empty();
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private boolean isRecent(Instant sent) {
        var now = clock.instant();
        return sent.isAfter(now.minus(LIFE)) && sent.isBefore(now.plus(CLOCKS_DIFFER));
    }

    private static String covered(OutboxItem.Kind kind, String messageId) {
        return switch (kind) {
            case LINKED, ORIGINAL -> {
                var id = MESSAGE_ID.matcher(messageId);
                yield id.find() ? id.group() : "";
            }
            case NOTICE, DSN -> "";
        };
    }

    private static byte[] mac(byte[] key, String about, String messageId) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal((about + messageId).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
