package sekisho.web.download;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import sekisho.gateway.access.Downloads.FileToServe;

/**
 * Status and header of an answer that carries a file. Nothing in it lets a browser show the content instead of saving it: the type is
 * always {@code application/octet-stream}, never what the sender said.
 *
 * <p>{@code no-store} doesn't hinder resuming: browsers and download managers continue from their partial file by {@code Range} and
 * {@code If-Range}, not from a cache. A copy in a cache would outlive a revocation and be read without being counted.
 *
 * <p>{@code X-Accel-Buffering} keeps nginx from taking the file in advance, to its disk and in clear, where no revocation cuts it any more.
 */
record Head(int status, Map<String, String> fields) {

    /** Never changes for a file, since a file's content never does. */
    static String entityTag(FileToServe file) {
        return "\"" + file.file() + "\"";
    }

    static Head of(FileToServe file, Selection selection) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("Accept-Ranges", "bytes");
        fields.put("Cache-Control", "private, no-store, no-transform");
        fields.put("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'");
        fields.put("X-Content-Type-Options", "nosniff");
        fields.put("X-Accel-Buffering", "no");
        return switch (selection) {
            case Selection.Whole(long size) -> content(200, fields, file, size);
            case Selection.Part(long from, long end, long size) -> {
                fields.put("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + size);
                yield content(206, fields, file, end - from);
            }
            case Selection.Unsatisfiable(long size) -> {
                fields.put("Content-Range", "bytes */" + size);
                fields.put("Content-Length", "0");
                yield new Head(416, fields);
            }
        };
    }

    private static Head content(int status, Map<String, String> fields, FileToServe file, long octets) {
        fields.put("Content-Type", "application/octet-stream");
        fields.put("Content-Length", Long.toString(octets));
        fields.put("Content-Disposition", Disposition.of(file.name()));
        fields.put("ETag", entityTag(file));
        // of the whole file also in a 206 (RFC 9530 §3), so that whoever resumes can check the result
        if (file.sha256().length > 0) {
            fields.put("Repr-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(file.sha256()) + ":");
        }
        return new Head(status, fields);
    }
}
