package sekisho.inspection;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/** What the fuzz targets share: one reader, without the net that {@link Look#into} has below it, so that a hole in ours shows. */
final class Fuzz {
    private static final InspectionLimits LIMITS = new InspectionLimits(4, 500, 8 << 20, 200, Duration.ofSeconds(5), 8 << 20);

    private Fuzz() {}

    @FunctionalInterface
    interface Reader {
        void read(Look look, Source source) throws IOException;
    }

    static void read(byte[] file, Reader reader) {
        Octets octets = Octets.of(file);
        var look = new Look(LIMITS);
        try {
            reader.read(look, Source.of(octets, look));
        } catch (IOException | ArithmeticException _) {
            // what a file may do to a reader; sums that overflow are sizes that can't be
        } catch (RuntimeException e) {
            if (isOurs(e)) {
                throw e;
            }
        }
    }

    /** Whether it comes from our code, and not from a decompressor's. */
    private static boolean isOurs(RuntimeException e) {
        return Arrays.stream(e.getStackTrace()).map(StackTraceElement::getClassName)
            .filter(name -> name.startsWith("sekisho.") || name.startsWith("org.apache.commons.") || name.startsWith("org.tukaani.") || name.startsWith("java.util.zip."))
            .findFirst().map(name -> name.startsWith("sekisho.")).orElse(true);
    }
}
