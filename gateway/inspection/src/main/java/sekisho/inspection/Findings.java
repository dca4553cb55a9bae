package sekisho.inspection;

/**
 * What a look into a file has found.
 *
 * @param type of the file itself, not of what is in it
 * @param protection the strongest that was met, in the file or in what is in it
 * @param detail why, one of a fixed set of short words such as {@code zip-aes}; never anything from inside the file
 */
public record Findings(FileType type, Protection protection, String detail) {}
