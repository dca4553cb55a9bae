package sekisho.storage;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The real files, seen through paths that tell right before and right after each thing that is done to them. */
public final class StandingFiles extends FileSystemProvider {

    /** What is done to a file. Of the writes through one opening of it, the first. LIST and ACCESS, what a folder holds and what is allowed, are asked once. */
    public enum Act { CREATE_FOLDER, OPEN, WRITE, FORCE, CLOSE, LINK, MOVE, DELETE, LIST, ACCESS }

    /** Who is told, before and after. */
    @FunctionalInterface
    public interface Step {
        /** @param file the real one; of two, the new one */
        void at(Act act, Path file) throws IOException;
    }

    @FunctionalInterface
    private interface Work<T> {
        T done() throws IOException;
    }

    @FunctionalInterface
    private interface Deed {
        void done() throws IOException;
    }

    private static final FileSystemProvider REAL = FileSystems.getDefault().provider();

    private final Step step;
    private final FileSystem system = new Standing();

    private StandingFiles(Step step) {
        this.step = step;
    }

    /** That path; whatever is made of it is told of, too. */
    public static Path around(Path path, Step step) {
        return new StandingFiles(step).wrapped(path);
    }

    private Path wrapped(Path real) {
        return (Path) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Path.class, Seen.class}, (_, method, arguments) -> {
            if (method.getName().equals("getFileSystem")) {
                return system;
            }
            if (method.getDeclaringClass() == Seen.class) {
                return real;
            }
            var given = arguments == null ? new Object[0] : arguments.clone();
            for (int i = 0; i < given.length; i++) {
                given[i] = given[i] instanceof Seen seen ? seen.real() : given[i];
            }
            try {
                var result = method.invoke(real, given);
                return result instanceof Path path ? wrapped(path) : result;
            } catch (InvocationTargetException failed) {
                throw failed.getCause();
            }
        });
    }

    /** A wrapped path. */
    interface Seen {
        Path real();
    }

    private static Path real(Path path) {
        return path instanceof Seen seen ? seen.real() : path;
    }

    /** Told before; and after, unless it failed. */
    private <T> T told(Act act, Path file, Work<T> work) throws IOException {
        step.at(act, real(file));
        T result = work.done();
        step.at(act, real(file));
        return result;
    }

    private void told(Act act, Path file, Deed deed) throws IOException {
        told(act, file, () -> {
            deed.done();
            return file;
        });
    }

    @Override
    public void move(Path from, Path to, CopyOption... options) throws IOException {
        told(Act.MOVE, to, () -> REAL.move(real(from), real(to), options));
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        told(Act.LINK, link, () -> REAL.createLink(real(link), real(existing)));
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return new Told(path, told(Act.OPEN, path, () -> REAL.newFileChannel(real(path), options, attributes)));
    }

    @Override
    public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return REAL.newByteChannel(real(path), options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
        var found = new ArrayList<Path>();
        step.at(Act.LIST, real(folder));
        try (var stream = REAL.newDirectoryStream(real(folder), _ -> true)) {
            for (var each : stream) {
                var path = wrapped(each);
                if (filter.accept(path)) {
                    found.add(path);
                }
            }
        }
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return found.iterator();
            }

            @Override
            public void close() {
                // all was read
            }
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        told(Act.CREATE_FOLDER, folder, () -> REAL.createDirectory(real(folder), attributes));
    }

    @Override
    public void delete(Path path) throws IOException {
        told(Act.DELETE, path, () -> REAL.delete(real(path)));
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) throws IOException {
        REAL.copy(real(from), real(to), options);
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
        return REAL.isSameFile(real(one), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return REAL.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return REAL.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        if (modes.length > 0) {   // else it's whether it is there
            step.at(Act.ACCESS, real(path));
        }
        REAL.checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return REAL.getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options) throws IOException {
        return REAL.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return REAL.readAttributes(real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        REAL.setAttribute(real(path), attribute, value, options);
    }

    @Override
    public String getScheme() {
        return "standing";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
        throw new UnsupportedOperationException("there is one");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return system;
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException("paths come from others");
    }

    /** A file that was opened. */
    private final class Told extends FileChannel {
        private final Path path;
        private final FileChannel file;
        private boolean written;

        Told(Path path, FileChannel file) {
            this.path = path;
            this.file = file;
        }

        private <T> T written(Work<T> work) throws IOException {
            if (written) {
                return work.done();
            }
            written = true;
            return told(Act.WRITE, path, work);
        }

        @Override
        public int write(ByteBuffer octets) throws IOException {
            return octets.hasRemaining() ? written(() -> file.write(octets)) : 0;
        }

        @Override
        public long write(ByteBuffer[] octets, int offset, int length) throws IOException {
            return written(() -> file.write(octets, offset, length));
        }

        @Override
        public int write(ByteBuffer octets, long position) throws IOException {
            return written(() -> file.write(octets, position));
        }

        @Override
        public void force(boolean metaData) throws IOException {
            told(Act.FORCE, path, () -> file.force(metaData));
        }

        @Override
        public int read(ByteBuffer octets) throws IOException {
            return file.read(octets);
        }

        @Override
        public long read(ByteBuffer[] octets, int offset, int length) throws IOException {
            return file.read(octets, offset, length);
        }

        @Override
        public int read(ByteBuffer octets, long position) throws IOException {
            return file.read(octets, position);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            file.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            file.truncate(size);
            return this;
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel to) throws IOException {
            return file.transferTo(position, count, to);
        }

        @Override
        public long transferFrom(ReadableByteChannel from, long position, long count) throws IOException {
            return written(() -> file.transferFrom(from, position, count));
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return file.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return file.lock(position, size, shared);
        }

        @Override
        public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return file.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            told(Act.CLOSE, path, file::close);
        }
    }

    /** Only its provider is asked for. */
    private final class Standing extends FileSystem {

        private final FileSystem defaults = FileSystems.getDefault();

        @Override
        public FileSystemProvider provider() {
            return StandingFiles.this;
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException("it stays open");
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public String getSeparator() {
            return defaults.getSeparator();
        }

        @Override
        public Iterable<Path> getRootDirectories() {
            return defaults.getRootDirectories();
        }

        @Override
        public Iterable<FileStore> getFileStores() {
            return defaults.getFileStores();
        }

        @Override
        public Set<String> supportedFileAttributeViews() {
            return defaults.supportedFileAttributeViews();
        }

        @Override
        public Path getPath(String first, String... more) {
            return wrapped(defaults.getPath(first, more));
        }

        @Override
        public PathMatcher getPathMatcher(String pattern) {
            return path -> defaults.getPathMatcher(pattern).matches(real(path));
        }

        @Override
        public UserPrincipalLookupService getUserPrincipalLookupService() {
            return defaults.getUserPrincipalLookupService();
        }

        @Override
        public WatchService newWatchService() {
            throw new UnsupportedOperationException("nothing is watched");
        }
    }
}
