package sekisho.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Translations as the C library reads them: a file of GNU gettext's binary format ({@code .mo}, revision 0, little-endian, without a hash table). */
final class MessageCatalog {
    private static final int MAGIC = 0x950412de;
    private static final int HEADER_OCTETS = 28;

    private MessageCatalog() {
    }

    /** @return the file */
    static Path write(Path file, Map<String, String> translations) throws IOException {
        var all = new TreeMap<>(translations);
        all.put("", "Content-Type: text/plain; charset=UTF-8\n");
        List<String> texts = new ArrayList<>(all.keySet());
        texts.addAll(all.values());
        int at = HEADER_OCTETS + 8 * texts.size();
        var octets = ByteBuffer.allocate(at + texts.stream().mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length + 1).sum()).order(ByteOrder.LITTLE_ENDIAN);
        octets.putInt(MAGIC).putInt(0).putInt(all.size()).putInt(HEADER_OCTETS).putInt(HEADER_OCTETS + 8 * all.size()).putInt(0).putInt(at);
        for (String text : texts) {
            int length = text.getBytes(StandardCharsets.UTF_8).length;
            octets.putInt(length).putInt(at);
            at += length + 1;
        }
        texts.forEach(text -> octets.put(text.getBytes(StandardCharsets.UTF_8)).put((byte) 0));
        return Files.write(file, octets.array());
    }
}
