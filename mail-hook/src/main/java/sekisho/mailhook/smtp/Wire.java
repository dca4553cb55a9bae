package sekisho.mailhook.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The octets of one session, in two fixed buffers; while more waits to be read in clear than a buffer holds, with a larger one for input if there is one left
 * (TLS hands out records, which fit). Replies wait in theirs until the session would block for input, so that the replies to a
 * group of pipelined commands leave together (RFC 2920 §3.2) and none is forgotten.
 */
final class Wire implements AutoCloseable {
    private static final int INPUT = 16 * 1024;
    private static final LargerBuffers LARGER = new LargerBuffers(64, 64 * 1024);
    private static final int OUTPUT = 4 * 1024;
    private static final int LONGEST_SKIPPED_LINE = 1 << 20;
    private static final int FIRST_WORD = 64;

    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private final byte[] own = new byte[INPUT];
    private final LargerBuffers larger;
    private byte[] input = own;
    private int position;
    private int limit;
    private final byte[] output = new byte[OUTPUT];
    private int pending;
    private byte[] line;
    private final Duration idle;
    private volatile long deadline;
    private volatile long writingSince;
    /** What to say instead of reading on; null: nothing. */
    private volatile @Nullable SmtpReply ending;

    /** @param deadline in {@link System#nanoTime()} */
    Wire(Socket socket, SmtpLimits limits, long deadline) throws IOException {
        this(socket, limits, deadline, LARGER);
    }

    /** @param larger buffers that sessions share */
    Wire(Socket socket, SmtpLimits limits, long deadline, LargerBuffers larger) throws IOException {
        this.larger = larger;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.line = new byte[limits.commandLineOctets()];
        this.idle = limits.idle();
        this.deadline = deadline;
    }

    /** Another end of the session than was thought, in {@link System#nanoTime()}. */
    void endBy(long time) {
        deadline = time;
    }

    /** What a command line turned out to be. */
    sealed interface Line {
        record Text(String text) implements Line {}

        record TooLong(boolean chunk) implements Line {}

        /** Control characters or octets that are no UTF-8. */
        record Unreadable(boolean chunk) implements Line {}

        /** A lone LF: perhaps a command that somebody hid in another one. */
        record BareLineFeed() implements Line {}

        record End() implements Line {}
    }

    /**
     * The next line, without its CRLF.
     *
     * @param longest octets with the CRLF
     */
    Line readLine(int longest) throws IOException {
        int length = 0;
        long skipped = 0;
        byte last = 0;
        while (true) {
            if (!fillOrEnd()) {
                return new Line.End();
            }
            byte octet = input[position++];
            if (octet == '\n') {
                if (last != '\r') {
                    return new Line.BareLineFeed();
                }
                return skipped > 0 ? new Line.TooLong(beginsChunk(length)) : text(length - 1);
            }
            last = octet;
            if (length == line.length && length < longest - 1) {
                line = Arrays.copyOf(line, Math.min(longest, 2 * length));
            }
            if (length < Math.min(line.length, longest - 1)) {
                line[length++] = octet;
            } else if (++skipped > LONGEST_SKIPPED_LINE) {
                throw new SessionEndedException(new SmtpReply(500, "5.5.2", "line too long"));
            }
        }
    }

    private boolean beginsChunk(int length) {
        return SmtpCommands.beginsChunk(new String(line, 0, Math.min(length, FIRST_WORD), StandardCharsets.ISO_8859_1));
    }

    private Line text(int length) {
        for (int i = 0; i < length; i++) {
            if (line[i] >= 0 && line[i] < ' ' && line[i] != '\t' || line[i] == 127) {
                return new Line.Unreadable(beginsChunk(length));
            }
        }
        try {
            return new Line.Text(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, length)).toString());
        } catch (CharacterCodingException _) {
            return new Line.Unreadable(beginsChunk(length));
        }
    }

    /** A long line had something in it that nobody needs any more. */
    void forgetLine(int octets) {
        Arrays.fill(line, (byte) 0);
        line = new byte[octets];
    }

    byte[] input() {
        return input;
    }

    int position() {
        return position;
    }

    int limit() {
        return limit;
    }

    void consumeTo(int newPosition) {
        position = newPosition;
    }

    /**
     * Makes sure that there is input, waiting for it when there is none.
     *
     * @throws SessionEndedException when {@link #endWith} was called
     */
    void fill() throws IOException {
        if (!fillOrEnd()) {
            throw new EOFException("the client went away in the middle of a message");
        }
    }

    /** A message that is being received is not received to its end: what comes next, or the end of input, ends the session with this. */
    void endWith(SmtpReply reply) {
        ending = reply;
    }

    private boolean fillOrEnd() throws IOException {
        boolean more = position < limit || read();
        SmtpReply last = ending;
        if (last != null) {
            throw new SessionEndedException(last);
        }
        return more;
    }

    /** @return false at the end of input */
    private boolean read() throws IOException {
        flush();
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("session too long");
        }
        socket.setSoTimeout(Math.clamp(Math.min(left, idle.toNanos()) / 1_000_000, 1, Integer.MAX_VALUE));
        fitInput();
        int read = in.read(input);
        if (read < 0) {
            return false;
        }
        position = 0;
        limit = read;
        return true;
    }

    /** The buffer is empty, and {@code limit} is how much the last read brought. A larger one is never waited with: who falls silent doesn't keep it. */
    private void fitInput() throws IOException {
        boolean floods = limit >= own.length && !(socket instanceof SSLSocket) && in.available() > own.length;
        if (!floods) {
            narrow();
        } else if (input == own) {
            var shared = larger.take();
            input = shared == null ? own : shared;
        }
    }

    private void narrow() {
        if (input != own) {
            larger.giveBack(input);
            input = own;
        }
    }

    /** Nothing is read any more; what is waiting in the buffer is forgotten. The socket stays open. */
    @Override
    public void close() {
        position = 0;
        limit = 0;
        narrow();
    }

    /** Whether the client has sent more than was read, as far as can be told without waiting. */
    boolean hasInput() throws IOException {
        return position < limit || in.available() > 0;
    }

    /** Whether the client has gone on speaking while it still waits for a reply. After TLS has begun there is none that it would wait for. */
    boolean hasInputBeforeReply() throws IOException {
        return pending > 0 && hasInput();
    }

    /**
     * Whether the client sends something within this time. Over TLS only this sees a record that has come but wasn't decrypted yet, and only with a
     * time: {@link #hasInput} doesn't look behind the record at hand.
     */
    boolean speaksWithin(Duration pause) throws IOException {
        if (pause.isPositive() && !hasInput()) {
            socket.setSoTimeout((int) Math.max(1, pause.toMillis()));
            try {
                position = 0;
                limit = 0;
                limit = Math.max(0, in.read(input));
                return limit > 0;
            } catch (SocketTimeoutException _) {
                return false;
            }
        }
        return hasInput();
    }

    void reply(SmtpReply reply) throws IOException {
        byte[] octets = reply.onTheWire().getBytes(StandardCharsets.US_ASCII);
        for (int done = 0; done < octets.length; ) {
            int part = Math.min(octets.length - done, output.length - pending);
            System.arraycopy(octets, done, output, pending, part);
            pending += part;
            done += part;
            if (pending == output.length) {
                flush();
            }
        }
    }

    void flush() throws IOException {
        if (pending > 0) {
            writingSince = System.nanoTime() | 1;
            out.write(output, 0, pending);
            out.flush();
            writingSince = 0;
            pending = 0;
        }
    }

    /** Whether a write has been waiting for the client for longer than it may be idle. */
    boolean isStuck(long now) {
        long since = writingSince;
        return since != 0 && now - since > idle.toNanos();
    }

    /** Goes on over TLS, as its server, and forgets what was read in clear (RFC 3207 §4.2, CVE-2011-0411). */
    Client.Tls secure(SSLContext context) throws IOException {
        var secured = (SSLSocket) context.getSocketFactory().createSocket(socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
        secured.setUseClientMode(false);
        secured.startHandshake();
        position = 0;
        limit = 0;
        socket = secured;
        in = secured.getInputStream();
        out = secured.getOutputStream();
        SSLSession session = secured.getSession();
        return new Client.Tls(session.getProtocol(), session.getCipherSuite());
    }

    /**
     * Ends our side and waits a moment for the client to end its own. Closing at once with input unread would make TCP throw away the reply
     * that says why.
     */
    void linger(Duration atMost) throws IOException {
        flush();
        socket.shutdownOutput();
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toMillis(), octets = 0; left > 0 && octets < LONGEST_SKIPPED_LINE; left = (end - System.nanoTime()) / 1_000_000) {
            socket.setSoTimeout((int) left);
            int read = in.read(input);
            if (read < 0) {
                return;
            }
            octets += read;
        }
    }
}
