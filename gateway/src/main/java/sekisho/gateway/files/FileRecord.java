package sekisho.gateway.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.audit.Commitment;
import sekisho.storage.RecordKey;
import sekisho.storage.SealBrokenException;

/**
 * What is known of a file beyond its size. The row has it sealed, as a JSON object padded with spaces, so that how long a name is can't be
 * told either.
 *
 * @param name       safe to show and to store
 * @param mediaType  as its sender declared it
 * @param sha256     of the content
 * @param salt       of the commitment in the event of acceptance; it lies nowhere else
 * @param type       what its octets are, in one word; empty when nobody looked
 * @param protection in one word; empty when nobody looked
 * @param find       the malware's name; empty when there is none
 * @param otherNames what else its sender called it, as written, so that evidence has the name before it was made safe: at most four, and of each at
 *                   most 1,000 characters. Not to be shown where a name is. Records from before have none
 */
public record FileRecord(String name, String mediaType, byte[] sha256, byte[] salt, String type, String protection, String find, List<String> otherNames) {

    private static final int PAD_OCTETS = 256;
    private static final String FIND = "sekisho/find/v1";
    private static final int OTHER_NAMES = 4;
    private static final int OTHER_NAME_CHARS = 1000;
    private static final ObjectMapper JSON = new ObjectMapper();

    public FileRecord {
        for (var said : Arrays.asList(name, mediaType, sha256, salt, type, protection, find)) {
            Objects.requireNonNull(said);   // whoever may seal a record may leave out any of it
        }
        otherNames = kept(otherNames);
    }

    private static List<String> kept(@Nullable List<String> names) {
        return names == null ? List.of()
                : names.stream().limit(OTHER_NAMES).map(name -> name.substring(0, Math.min(name.length(), OTHER_NAME_CHARS))).toList();
    }

    /** The commitment to name and content that the event of acceptance carries. */
    public String commitment(UUID file, long sizeOctets) {
        return Commitment.ofFile(salt, file, name, sha256, sizeOctets);
    }

    /** In hexadecimal. */
    public String hash() {
        return HexFormat.of().formatHex(sha256);
    }

    FileRecord found(String later) {
        return new FileRecord(name, mediaType, sha256, salt, type, protection, later, otherNames);
    }

    /** For the row. */
    public byte[] sealed(RecordKey key) {
        try {
            return key.seal(RecordKey.LABEL, padded(JSON.writeValueAsBytes(this)));
        } catch (JsonProcessingException textsAndOctetsAlwaysCanBe) {
            throw new IllegalStateException(textsAndOctetsAlwaysCanBe);
        }
    }

    /** @throws SealBrokenException the row's record isn't what was sealed */
    public static FileRecord open(RecordKey key, byte[] sealed) throws SealBrokenException {
        try {
            return JSON.readValue(key.open(RecordKey.LABEL, sealed), FileRecord.class);
        } catch (SealBrokenException broken) {
            throw broken;
        } catch (IOException notOurs) {
            throw new SealBrokenException("the record can't be read", notOurs);
        }
    }

    /** The name of malware that was found later, for the row. */
    public static byte[] sealedFind(RecordKey key, String find) {
        return key.seal(FIND, padded(find.getBytes(StandardCharsets.UTF_8)));
    }

    static String openedFind(RecordKey key, byte[] sealed) throws SealBrokenException {
        return new String(key.open(FIND, sealed), StandardCharsets.UTF_8).stripTrailing();
    }

    private static byte[] padded(byte[] text) {
        byte[] padded = Arrays.copyOf(text, (text.length / PAD_OCTETS + 1) * PAD_OCTETS);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }
}
