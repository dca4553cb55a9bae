package sekisho.pages;

/**
 * A link in the header.
 *
 * @param path where it leads
 * @param key  key of its text
 */
public record NavLink(String path, String key) {
}
