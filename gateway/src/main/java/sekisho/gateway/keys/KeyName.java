package sekisho.gateway.keys;

import java.util.Arrays;
import java.util.Optional;

/** A key pair of an installation. */
public enum KeyName {
    /** What attachments are sealed to; the private half is {@code web}'s. */
    FILES("files"),
    /** What waiting messages are sealed to; the private half is {@code mail-hook}'s. */
    SPOOL("spool"),
    /** What is known of files (name, type, hash) is sealed to it; the private half is {@code web}'s and {@code admin}'s, and opens no content. */
    RECORDS("records");

    private final String text;

    KeyName(String text) {
        this.text = text;
    }

    /** As in names of files, in the database and in the audit log. */
    public String text() {
        return text;
    }

    /** Empty when there is no such pair. */
    public static Optional<KeyName> of(String text) {
        return Arrays.stream(values()).filter(each -> each.text.equals(text)).findFirst();
    }

    /** The setting that names the file of its public half. */
    String setting() {
        return "gateway.keys." + text;
    }
}
