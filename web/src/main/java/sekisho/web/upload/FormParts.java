package sekisho.web.upload;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.fileupload2.core.FileUploadSizeException;
import org.apache.commons.fileupload2.core.MultipartInput;
import org.jspecify.annotations.Nullable;

/**
 * A body of {@code multipart/form-data} (RFC 7578), part by part as it arrives. Nothing is kept: a part that was not read is passed
 * over. Stands on the library's lower floor, because its upper one allows a part's header 512 octets, and one Japanese file name may
 * have 765.
 */
final class FormParts {

    private static final int BUFFER_OCTETS = 64 << 10;
    private static final int PART_HEADER_OCTETS = 8 << 10;
    /** RFC 2046 §5.1.1. */
    private static final int LONGEST_BOUNDARY = 70;
    private static final Pattern MEDIA_TYPE = Pattern.compile("[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}");

    private final MultipartInput input;
    private MultipartInput.@Nullable ItemInputStream open;
    private boolean ended;

    /**
     * @param contentType the request's, or null
     * @throws MalformedFormException it is no form with parts
     */
    FormParts(InputStream body, @Nullable String contentType) throws IOException {
        var boundary = boundary(contentType);
        input = MultipartInput.builder().setInputStream(body).setBoundary(boundary.getBytes(StandardCharsets.ISO_8859_1))
            .setBufferSize(BUFFER_OCTETS).setPartHeaderSizeMax(PART_HEADER_OCTETS).get();
        input.setHeaderCharset(StandardCharsets.UTF_8);
    }

    /** The form can't be read: its client is broken, or the body ended before its time. */
    static final class MalformedFormException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedFormException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * One part.
     *
     * @param fileName  as the client says it; empty for a text field, and for a file field in which nothing was chosen
     * @param isFile    whether the part has a file name at all
     * @param mediaType as the client says it, if it looks like one
     * @param content   good until the next part is asked for
     */
    record Part(String name, String fileName, boolean isFile, String mediaType, InputStream content) {
    }

    private static String boundary(@Nullable String contentType) throws MalformedFormException {
        var parameters = parameters(contentType == null ? "" : contentType);
        var boundary = parameters.get("boundary");
        if (contentType == null || !contentType.strip().toLowerCase(Locale.ROOT).startsWith("multipart/form-data") || boundary == null
                || boundary.isEmpty() || boundary.length() > LONGEST_BOUNDARY) {
            throw new MalformedFormException("no multipart/form-data with a boundary", null);
        }
        return boundary;
    }

    private static Map<String, String> parameters(String field) throws MalformedFormException {
        try {
            return FieldParameters.of(field);
        } catch (IllegalArgumentException broken) {
            throw new MalformedFormException("a field of the form can't be read", broken);
        }
    }

    /**
     * The next part; empty after the last.
     *
     * @throws MalformedFormException the body isn't what it should be, or has ended too early
     */
    Optional<Part> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        try {
            return advance();
        } catch (MultipartInput.MalformedStreamException | FileUploadSizeException broken) {
            throw new MalformedFormException(broken.getMessage(), broken);
        }
    }

    private Optional<Part> advance() throws IOException {
        boolean more;
        if (open == null) {
            more = input.skipPreamble();
        } else {
            open.close();
            more = input.readBoundary();
        }
        if (!more) {
            ended = true;
            return Optional.empty();
        }
        String disposition = "";
        String type = "";
        for (var line : input.readHeaders().split("\r\n")) {
            var lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-disposition:")) {
                disposition = line.substring("content-disposition:".length());
            } else if (lower.startsWith("content-type:")) {
                type = lower.substring("content-type:".length()).strip();
            }
        }
        var parameters = parameters(disposition);
        var name = parameters.get("name");
        boolean isFile = parameters.containsKey("filename");
        var fileName = parameters.get("filename");
        var bare = type.indexOf(';') < 0 ? type : type.substring(0, type.indexOf(';')).strip();
        open = input.newInputStream();
        return Optional.of(new Part(name == null ? "" : name, fileName == null ? "" : unescaped(fileName), isFile,
            MEDIA_TYPE.matcher(bare).matches() ? bare : "application/octet-stream", open));
    }

    /** Browsers write these three in place of the characters that would break the field (RFC 7578 §4.2, HTML's form encoding). */
    private static String unescaped(String fileName) {
        return fileName.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
    }
}
