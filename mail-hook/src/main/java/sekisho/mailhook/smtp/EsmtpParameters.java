package sekisho.mailhook.smtp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parameters behind the path of MAIL and RCPT (RFC 5321 §4.1.2), each at most once; one that was not offered is refused with 555. */
final class EsmtpParameters {
    private static final int LONGEST_ENVID = 100;   // RFC 3461 §4.4
    private static final int LONGEST_ORCPT = 500;   // RFC 3461 §4.2
    private static final int DIGITS_OF_SIZE = 20;   // RFC 1870 §3

    private static final Pattern EMBEDDED = Pattern.compile("\\\\x\\{([1-9A-F][0-9A-F]{1,5})}");

    private final Map<String, String> values;

    private EsmtpParameters(Map<String, String> values) {
        this.values = values;
    }

    /** @param rest begins with the space after the path, or is empty */
    static EsmtpParameters parse(String rest) throws RefusedException {
        Map<String, String> values = new LinkedHashMap<>();
        if (!rest.isEmpty() && rest.charAt(0) != ' ') {
            throw wrong("text directly after the path");
        }
        for (String word : rest.strip().isEmpty() ? new String[0] : rest.strip().split(" +")) {
            int equals = word.indexOf('=');
            String keyword = (equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT);
            String value = equals < 0 ? "" : word.substring(equals + 1);
            if (!keyword.matches("[A-Z0-9][A-Z0-9-]*") || equals >= 0 && value.isEmpty() || value.indexOf('=') >= 0) {
                throw wrong("parameter not understood");
            }
            if (values.put(keyword, value) != null) {
                throw wrong(keyword + " given twice");
            }
        }
        return new EsmtpParameters(values);
    }

    /** Where AUTH is offered its parameter must be understood (RFC 4954 §5); it says nothing that counts. */
    MailParameters forMail(boolean esmtp, SmtpSettings settings) throws RefusedException {
        requireEsmtp(esmtp);
        long size = -1;
        var body = MailParameters.Body.SEVEN_BIT;
        boolean smtpUtf8 = false;
        MailParameters.@Nullable Ret ret = null;
        @Nullable String envid = null;
        for (var parameter : values.entrySet()) {
            String value = parameter.getValue();
            switch (parameter.getKey()) {
                case "SIZE" -> size = size(value);
                case "BODY" -> body = switch (value.toUpperCase(Locale.ROOT)) {
                    case "7BIT" -> MailParameters.Body.SEVEN_BIT;
                    case "8BITMIME" -> MailParameters.Body.EIGHT_BIT_MIME;
                    case "BINARYMIME" -> {
                        if (!settings.binaryMime()) {
                            throw new RefusedException(new SmtpReply(555, "5.5.4", "BODY=BINARYMIME not offered"));
                        }
                        yield MailParameters.Body.BINARY_MIME;
                    }
                    default -> throw wrong("BODY is 7BIT, 8BITMIME or BINARYMIME");
                };
                case "SMTPUTF8" -> {
                    if (!value.isEmpty()) {
                        throw wrong("SMTPUTF8 takes no value");
                    }
                    smtpUtf8 = true;
                }
                case "RET" -> ret = switch (value.toUpperCase(Locale.ROOT)) {
                    case "FULL" -> MailParameters.Ret.FULL;
                    case "HDRS" -> MailParameters.Ret.HDRS;
                    default -> throw wrong("RET is FULL or HDRS");
                };
                case "ENVID" -> {
                    if (value.length() > LONGEST_ENVID || !isPrintableXtext(value)) {
                        throw wrong("ENVID is not xtext of at most 100 characters");
                    }
                    envid = value;
                }
                case "AUTH" -> {
                    if (settings.signInOrNull() == null) {
                        throw unknown("AUTH");
                    }
                    if (!value.equals("<>") && !isXtext(value)) {
                        throw wrong("AUTH is <> or an address in xtext");
                    }
                }
                default -> throw unknown(parameter.getKey());
            }
        }
        return new MailParameters(size, body, smtpUtf8, ret, envid);
    }

    Recipient forRecipient(Mailbox mailbox, boolean esmtp, boolean smtpUtf8) throws RefusedException {
        requireEsmtp(esmtp);
        Set<Recipient.Notify> notify = Set.of();
        @Nullable String orcpt = null;
        for (var parameter : values.entrySet()) {
            switch (parameter.getKey()) {
                case "NOTIFY" -> notify = notify(parameter.getValue());
                case "ORCPT" -> orcpt = orcpt(parameter.getValue(), smtpUtf8);
                default -> throw unknown(parameter.getKey());
            }
        }
        return new Recipient(mailbox, notify, orcpt);
    }

    private void requireEsmtp(boolean esmtp) throws RefusedException {
        if (!esmtp && !values.isEmpty()) {
            throw new RefusedException(new SmtpReply(555, "5.5.4", "parameters need EHLO"));
        }
    }

    private static long size(String value) throws RefusedException {
        if (value.isEmpty() || value.length() > DIGITS_OF_SIZE || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw wrong("SIZE is a number");
        }
        return saturated(value);
    }

    /** The number of decimal digits, or {@link Long#MAX_VALUE} when it is larger. */
    static long saturated(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE;
        }
    }

    private static Set<Recipient.Notify> notify(String value) throws RefusedException {
        Set<Recipient.Notify> wishes = EnumSet.noneOf(Recipient.Notify.class);
        for (String word : value.toUpperCase(Locale.ROOT).split(",", -1)) {
            switch (word) {
                case "NEVER" -> wishes.add(Recipient.Notify.NEVER);
                case "SUCCESS" -> wishes.add(Recipient.Notify.SUCCESS);
                case "FAILURE" -> wishes.add(Recipient.Notify.FAILURE);
                case "DELAY" -> wishes.add(Recipient.Notify.DELAY);
                default -> throw wrong("NOTIFY is NEVER, or of SUCCESS, FAILURE, DELAY");
            }
        }
        if (wishes.contains(Recipient.Notify.NEVER) && wishes.size() > 1) {
            throw wrong("NOTIFY=NEVER stands alone");
        }
        return wishes;
    }

    private static String orcpt(String value, boolean smtpUtf8) throws RefusedException {
        int semicolon = value.indexOf(';');
        String type = semicolon < 0 ? "" : value.substring(0, semicolon);
        String address = value.substring(semicolon + 1);
        boolean utf8Type = type.equalsIgnoreCase("utf-8");
        boolean fits = utf8Type ? isUtf8Address(address, smtpUtf8) : isPrintableXtext(address) || smtpUtf8 && isUtf8Xtext(address);
        if (!type.matches("[A-Za-z0-9-]{1,40}") || address.isEmpty() || value.getBytes(StandardCharsets.UTF_8).length > LONGEST_ORCPT || !fits) {
            throw wrong("ORCPT is type;address in xtext");
        }
        return value;
    }

    /** RFC 3461 §4: printable ASCII but {@code +} and {@code =}, or {@code +} and two upper-case hexadecimal digits. */
    private static boolean isXtext(String value) {
        return value.matches("(?:[!-*,-<>-~]|\\+[0-9A-F]{2})+");
    }

    /** RFC 3461 §4.2, §4.4: what stands in it decoded is printable too, so that no line is hidden in it. */
    private static boolean isPrintableXtext(String value) {
        return isXtext(value) && !value.matches("(?s).*\\+(?:[018-9A-F][0-9A-F]|7F).*");
    }

    /** Postfix (3.7) writes an address outside ASCII as xtext of its octets, in the type rfc822 still. Goes on as it came. */
    private static boolean isUtf8Xtext(String value) {
        if (!isXtext(value)) {
            return false;
        }
        var octets = new ByteArrayOutputStream();
        for (int i = 0; i < value.length(); i++) {
            boolean encoded = value.charAt(i) == '+';
            octets.write(encoded ? Integer.parseInt(value, i + 1, i + 3, 16) : value.charAt(i));
            i += encoded ? 2 : 0;
        }
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets.toByteArray())).toString();
            return !Mailbox.hasForbidden(text);
        } catch (CharacterCodingException noText) {
            return false;
        }
    }

    /** RFC 6533 §3: utf-8-addr-xtext or, with SMTPUTF8, utf-8-addr-unitext. */
    private static boolean isUtf8Address(String value, boolean smtpUtf8) {
        String plain = EMBEDDED.matcher(value).replaceAll(match -> isEmbeddable(Integer.parseInt(match.group(1), 16)) ? "x" : "\\\\");
        return !plain.isEmpty() && !Mailbox.hasForbidden(plain)
                && plain.codePoints().allMatch(c -> c > ' ' && c != '=' && c != '+' && c != '\\' && c != 127 && (c < 128 || smtpUtf8));
    }

    /** HEXPOINT: what can't stand for itself in QCHAR, and is a character; no control either, which the grammar allows and nobody needs. */
    private static boolean isEmbeddable(int codePoint) {
        return codePoint == ' ' || codePoint == '+' || codePoint == '=' || codePoint == '\\'
                || codePoint >= 0xA0 && codePoint <= Character.MAX_CODE_POINT && (codePoint < 0xD800 || codePoint > 0xDFFF);
    }

    private static RefusedException unknown(String keyword) {
        return new RefusedException(new SmtpReply(555, "5.5.4", "parameter " + keyword + " not offered"));
    }

    private static RefusedException wrong(String what) {
        return new RefusedException(new SmtpReply(501, "5.5.4", what));
    }
}
