package sekisho.mailhook.mime;

/** The language that the reader of a message most likely reads; {@code BOTH} when the message doesn't tell. */
public enum Language { JAPANESE, ENGLISH, BOTH }
