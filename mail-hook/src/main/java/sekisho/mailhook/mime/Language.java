package sekisho.mailhook.mime;

/** The language that the reader of a message most likely reads; {@code BOTH} when the message doesn't tell. */
public enum Language {
    JAPANESE, ENGLISH, BOTH;

    /** Of what somebody typed. */
    public static Language of(String subject, String text) {
        return MailText.language(subject, text, null);
    }
}
