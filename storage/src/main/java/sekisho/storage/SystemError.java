package sekisho.storage;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Why the system refused. The JDK gives its words alone and never its number, and they are of the process's language and C library: so that library is asked
 * how it calls the error (strerror, POSIX.1-2024). The numbers are those of Linux, on each processor for which there is this JDK.
 */
enum SystemError {
    /** Of link(2), also: the file system has no hard links. */
    EPERM(1, "Operation not permitted"),
    EXDEV(18, "Invalid cross-device link"),
    ENOSPC(28, "No space left on device"),
    ENOSYS(38, "Function not implemented"),
    EOPNOTSUPP(95, "Operation not supported"),
    EDQUOT(122, "Disk quota exceeded");

    private final int number;
    /** What glibc says in English; enough where the library can't be asked. */
    private final String english;
    private volatile @Nullable String here;

    SystemError(int number, String english) {
        this.number = number;
        this.english = english;
    }

    boolean isReasonOf(IOException e) {
        String reason = e instanceof FileSystemException named ? named.getReason() : e.getMessage();
        return reason != null && (reason.equals(english) || reason.equals(here()));
    }

    private String here() {
        String known = here;
        if (known == null) {
            known = CLibrary.says(number).orElse(english);
            here = known;
        }
        return known;
    }

    private static final class CLibrary {
        private static final int LONGEST_OCTETS = 1000;

        private CLibrary() {
        }

        @SuppressWarnings("restricted")    // a runnable's manifest allows it; one that doesn't gets a warning, or English
        static Optional<String> says(int number) {
            try {
                var linker = Linker.nativeLinker();
                var strerror = linker.downcallHandle(linker.defaultLookup().find("strerror").orElseThrow(),
                        FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
                MemorySegment text = ((MemorySegment) strerror.invokeExact(number)).reinterpret(LONGEST_OCTETS);
                int length = 0;
                while (text.get(ValueLayout.JAVA_BYTE, length) != 0) {
                    length++;
                }
                return Optional.of(new String(text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), Charset.forName(System.getProperty("sun.jnu.encoding"))));
            } catch (Throwable _) {
                return Optional.empty();    // on the way to tell of another failure
            }
        }
    }
}
