package sekisho.gateway.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the payload of an event says, of which no more is kept than is asked for: whoever records events may have made one of millions of names.
 *
 * @param fields  by name, but for the details
 * @param details those that were asked for
 */
record EventText(Map<String, String> fields, Map<String, String> details) {

    /** Keeps no names of its own. */
    private static final JsonFactory JSON = new JsonFactoryBuilder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

    /**
     * Reads all of a payload.
     *
     * @param wanted is asked about each detail by its name
     * @throws IOException it is no JSON, or no object
     */
    static EventText of(byte[] payload, Predicate<String> wanted) throws IOException {
        var text = new EventText(new HashMap<>(), new HashMap<>());
        try (var parser = JSON.createParser(payload)) {
            text.read(parser, wanted);
        }
        return text;
    }

    /** Reads the beginning of a payload: what stands behind its end is missing. Throws as above. */
    static EventText beginningOf(byte[] payload) throws IOException {
        var text = new EventText(new HashMap<>(), new HashMap<>());
        try (var parser = JSON.createParser(payload)) {
            text.read(parser, _ -> true);
        } catch (JsonEOFException | CharConversionException cut) {
            return text;
        }
        return text;
    }

    private void read(JsonParser parser, Predicate<String> wanted) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new JsonParseException(parser, "an event is an object");
        }
        for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            boolean ofDetails = name.equals("details");
            if (ofDetails) {
                details.clear();   // said twice: the last counts, as in the database
            }
            if (parser.nextToken() == JsonToken.START_OBJECT && ofDetails) {
                for (var detail = parser.nextFieldName(); detail != null; detail = parser.nextFieldName()) {
                    parser.nextToken();
                    if (wanted.test(detail)) {
                        details.put(detail, text(parser));
                    } else {
                        parser.skipChildren();
                    }
                }
            } else {
                fields.put(name, text(parser));
            }
        }
    }

    /** Empty for what has parts. */
    private static String text(JsonParser parser) throws IOException {
        if (parser.currentToken().isScalarValue()) {
            return parser.getText();
        }
        parser.skipChildren();
        return "";
    }

    /** Empty when it says nothing of it. */
    String said(String field) {
        return fields.getOrDefault(field, "");
    }

    /** Empty when there is none, or nobody asked for it. */
    String detail(String name) {
        return details.getOrDefault(name, "");
    }
}
