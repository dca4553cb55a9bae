package sekisho.mailhook.smtp;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What MAIL said beside the reverse-path.
 *
 * @param sizeOctets  SIZE (RFC 1870), or −1 when not given; a promise of the client, nothing to rely on
 * @param smtpUtf8    SMTPUTF8 (RFC 6531): addresses or header fields may hold UTF-8
 * @param retOrNull   RET (RFC 3461 §4.3)
 * @param envidOrNull ENVID (RFC 3461 §4.4) as xtext, fit to be sent on unchanged
 */
public record MailParameters(long sizeOctets, Body body, boolean smtpUtf8, @Nullable Ret retOrNull, @Nullable String envidOrNull) {
    public enum Body {
        SEVEN_BIT, EIGHT_BIT_MIME,
        /** Parts may hold any octets (RFC 3030 §3); the message came by BDAT, octet for octet. */
        BINARY_MIME
    }

    public enum Ret { FULL, HDRS }

    public static final MailParameters NONE = new MailParameters(-1, Body.SEVEN_BIT, false, null, null);

    public Optional<Ret> ret() {
        return Optional.ofNullable(retOrNull);
    }

    public Optional<String> envid() {
        return Optional.ofNullable(envidOrNull);
    }
}
