package sekisho.mailhook.mime.codec;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How the octets of a body are written in the message (RFC 2045 §6.1). {@code UNKNOWN} is read as it stands. */
public enum TransferEncoding {
    SEVEN_BIT("7bit"), EIGHT_BIT("8bit"), BINARY("binary"), QUOTED_PRINTABLE("quoted-printable"), BASE64("base64"),
    UUENCODE("x-uuencode"), YENC("x-yenc"), UNKNOWN("unknown");

    private static final Pattern TOKENS = Pattern.compile("[^a-z0-9-]+");

    private final String token;

    TransferEncoding(String token) {
        this.token = token;
    }

    public String token() {
        return token;
    }

    /** Whether the octets stand in the message as they are. */
    public boolean isIdentity() {
        return switch (this) {
            case SEVEN_BIT, EIGHT_BIT, BINARY, UNKNOWN -> true;
            case QUOTED_PRINTABLE, BASE64, UUENCODE, YENC -> false;
        };
    }

    /** Reads the field's value, with the quotes, comments and stray signs that senders put around the token. */
    public static TransferEncoding parse(String field) {
        return readings(field).getFirst();
    }

    /** What stands first, which most take, and the others that are named: some pass over what stands in quotes. */
    public static List<TransferEncoding> readings(String field) {
        String lower = withoutComments(field.toLowerCase(Locale.ROOT));
        List<TransferEncoding> named = TOKENS.splitAsStream(lower).filter(token -> !token.isEmpty()).map(TransferEncoding::of).toList();
        if (named.isEmpty()) {
            return List.of(UNKNOWN);
        }
        return Stream.concat(Stream.of(named.getFirst()), named.stream().filter(encoding -> encoding != UNKNOWN)).distinct().toList();
    }

    private static TransferEncoding of(String token) {
        return switch (token) {
            case "7bit", "7-bit" -> SEVEN_BIT;
            case "8bit", "8-bit" -> EIGHT_BIT;
            case "binary" -> BINARY;
            case "quoted-printable", "quotedprintable", "quoted-printible" -> QUOTED_PRINTABLE;
            case "base64", "base-64", "x-base64" -> BASE64;
            case "x-uuencode", "uuencode", "x-uue", "uue" -> UUENCODE;
            case "x-yenc", "yenc", "x-yencode" -> YENC;
            default -> UNKNOWN;
        };
    }

    /** A blank for each comment (RFC 5322 §3.2.2). A parenthesis without its other is none, and so each sign is read once. */
    private static String withoutComments(String field) {
        var kept = new StringBuilder(field.length());
        var open = new ArrayDeque<Integer>();
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == ')' && !open.isEmpty()) {
                kept.setLength(open.pop());
                kept.append(' ');
                continue;
            }
            if (c == '(') {
                open.push(kept.length());
            }
            kept.append(c);
            if (c == '\\' && !open.isEmpty() && i + 1 < field.length()) {
                kept.append(field.charAt(++i));
            }
        }
        return kept.toString();
    }
}
