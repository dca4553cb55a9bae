package sekisho.inspection;

/**
 * What a file is by its content.
 *
 * @param id short and stable, for policies and audit events: {@code zip}, {@code pdf}, {@code text}, {@code unknown}, …; README.md lists them
 * @param mediaType of RFC 6838, as registered where it is
 * @param container whether other files can be in it, or it is a cover around one
 */
public record FileType(String id, String mediaType, boolean container) {
    public static final FileType UNKNOWN = new FileType("unknown", "application/octet-stream", false);
    public static final FileType TEXT = new FileType("text", "text/plain", false);
    public static final FileType ZIP = new FileType("zip", "application/zip", true);
}
