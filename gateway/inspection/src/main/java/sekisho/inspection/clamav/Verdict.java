package sekisho.inspection.clamav;

/** What the scanner says of one file. */
public sealed interface Verdict {
    /** It was scanned whole and nothing was found. */
    record Clean() implements Verdict {}

    /** @param find the signature's name, as the scanner's makers gave it: printable ASCII, at most 200 characters */
    record Infected(String find) implements Verdict {}

    /**
     * It was not scanned, or not whole. Temporary unless {@code tooLarge}.
     *
     * @param reason for the log and the audit event; nothing of the file
     * @param tooLarge the file is beyond what the scanner takes: trying again will not help
     */
    record Unavailable(String reason, boolean tooLarge) implements Verdict {
        public Unavailable(String reason) {
            this(reason, false);
        }
    }
}
