package sekisho.mailhook.mime.tnef;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes what is found in a TNEF stream, in stream order. */
public interface TnefSink {

    /** What is found. */
    enum Kind {
        /** An attachment, or an object that was pasted into the body. */
        FILE,
        /** The body as RTF, decompressed. */
        RTF,
        /** The body as HTML, as it was put in. */
        HTML,
        /** The body as plain text; UTF-16 begins with its byte order mark. */
        PLAIN;

        /** What a body of this kind is called, behind its stem. */
        String extension() {
            return switch (this) {
                case RTF -> ".rtf";
                case HTML -> ".html";
                case PLAIN -> ".txt";
                case FILE -> "";
            };
        }
    }

    /** The octets of one find, and at last what it is called. */
    interface Find {

        /** The array belongs to the walker and is overwritten after the call. */
        void write(byte[] octets, int offset, int length) throws IOException;

        /**
         * Comes once, by the end of the stream; if the stream is damaged, it may not come.
         *
         * @param names every name that some reader shows, the most telling first; may be empty
         * @param type  the declared media type, or null
         */
        void named(List<String> names, @Nullable String type) throws IOException;

        /** In place of {@link #named}: a plain body beside a better one. */
        void drop() throws IOException;
    }

    Find open(Kind kind) throws IOException;
}
