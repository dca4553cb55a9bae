package sekisho.mailhook.mime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the first and after the last delimiter of a multipart. A remark of a few lines stays; more than
 * that, or something with the looks of a part, is what a reader with another idea of the boundary might show, so it is
 * taken out.
 */
final class AsideContent implements Content {

    private static final int REMARK_OCTETS = 4 * 1024;
    private static final Pattern LIKE_A_PART =
            Pattern.compile("(?im)^(?:[ \\t]*content-(?:type|disposition|transfer-encoding)[ \\t]*:|begin(?:-base64)? [0-7]|=ybegin )");

    private final Node multipart;
    private final Assembly assembly;
    private final byte[] remark = new byte[REMARK_OCTETS];
    private int length;
    private boolean suspect;
    private @Nullable Taken taken;

    AsideContent(Node multipart, Assembly assembly) {
        this.multipart = multipart;
        this.assembly = assembly;
    }

    /** No delimiter came: these octets are all there is to the multipart, and some reader may find parts in them. */
    void suspect() {
        suspect = true;
    }

    @Override
    public void accept(byte[] b, int off, int len) throws IOException, Refusal {
        if (taken == null && len > REMARK_OCTETS - length) {
            take();
        }
        if (taken != null) {
            taken.accept(b, off, len);
        } else {
            System.arraycopy(b, off, remark, length, len);
            length += len;
        }
    }

    private void take() throws IOException, Refusal {
        taken = assembly.takeAside(multipart);
        taken.accept(remark, 0, length);
    }

    @Override
    public void end() throws IOException, Refusal {
        if (taken == null) {
            String text = new String(remark, 0, length, StandardCharsets.ISO_8859_1);
            if (!text.isBlank() && (suspect || LIKE_A_PART.matcher(text).find())) {
                take();
            }
        }
        if (taken != null) {
            taken.end();
            assembly.asideEnded(multipart);
        } else {
            assembly.spooler().write(remark, 0, length);
        }
    }

    @Override
    public boolean minds() {
        return taken == null || taken.minds();
    }
}
