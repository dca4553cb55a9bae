package sekisho.tests;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A smart host that shares no code with the product: it records every transaction as it came over the wire, and misbehaves where a test
 * has told it to. What it is told holds once; then it is well-behaved again.
 */
public final class ScriptedSmartHost implements AutoCloseable {

    /** What a modern server offers. */
    public static final List<String> EVERYTHING = List.of("PIPELINING", "SIZE 0", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING");
    /** All but PIPELINING: whoever may hands it a text by BDAT (docs/decisions/0030). */
    public static final List<String> ONE_BY_ONE = EVERYTHING.stream().filter(extension -> !extension.equals("PIPELINING")).toList();

    private static final Pattern PATH = Pattern.compile("<([^>]*)>");
    private static final int CLIENT_PATIENCE_MILLIS = 120_000;
    /** So small that a text of some MiB can't all be on its way before it is read. */
    private static final int RECEIVE_BUFFER_OCTETS = 64 << 10;

    /**
     * Where in a session something happens; {@code RCPT} and {@code END} are of one recipient, the others of the next who comes. {@code TEXT} is
     * behind the first 128 KiB of a text in DATA, and behind the first of several chunks in BDAT.
     */
    public enum Stage { GREETING, EHLO, MAIL, RCPT, DATA, TEXT, END }

    /** What happens there instead of what is usual. */
    public sealed interface Answer {
        /** @param reply the whole reply, its lines parted by LF */
        record Says(String reply) implements Answer { }

        /** The connection is closed without a word. */
        record Drops() implements Answer { }

        /** Nothing is said until the client leaves; in the middle of DATA nothing is read either. */
        record Stalls() implements Answer { }

        /**
         * The reply comes when the client waits for it no more: once it has left or has gone on with something else. Not where more of what was
         * pipelined is still to come, nor in the middle of DATA.
         *
         * @param reply the whole reply, its lines parted by LF
         */
        record Late(String reply) implements Answer { }
    }

    /**
     * One transaction that reached the end of its text.
     *
     * @param mail   the MAIL command as it came, parameters included
     * @param rcpts  each RCPT command that was answered with 250
     * @param octets the text, without dot-stuffing
     * @param way    {@code DATA} or {@code BDAT}
     * @param reply  what was answered to its end, be it too late; empty when nothing was
     */
    public record Transaction(String mail, List<String> rcpts, byte[] octets, String way, String reply) {
        /** The reverse-path, empty for the null one. */
        public String from() {
            return path(mail);
        }

        public List<String> to() {
            return rcpts.stream().map(Transaction::path).toList();
        }

        /** The RCPT command of one recipient. */
        public String rcpt(String address) {
            return rcpts.stream().filter(line -> path(line).equals(address)).findFirst().orElseThrow();
        }

        /** One char for each octet. */
        public String text() {
            return new String(octets, StandardCharsets.ISO_8859_1);
        }

        static String path(String command) {
            var path = PATH.matcher(command);
            return path.find() ? path.group(1) : "";
        }
    }

    private final ServerSocket server;
    private final List<String> offers;
    private final List<Transaction> transactions = new ArrayList<>();
    private final Map<Stage, Map<String, Deque<Answer>>> script = new HashMap<>();
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private int forgotten;

    /** @param offers the lines of the EHLO answer after the first */
    public ScriptedSmartHost(List<String> offers) throws IOException {
        this.offers = List.copyOf(offers);
        this.server = new ServerSocket();
        server.setReceiveBufferSize(RECEIVE_BUFFER_OCTETS);
        server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 100);
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** @param recipient whose RCPT or END it is about; anything for the other stages */
    public synchronized void expect(Stage stage, String recipient, List<Answer> answers) {
        script.computeIfAbsent(stage, _ -> new HashMap<>()).computeIfAbsent(key(stage, recipient), _ -> new ArrayDeque<>()).addAll(answers);
    }

    private static String key(Stage stage, String recipient) {
        return stage == Stage.RCPT || stage == Stage.END ? recipient : "";
    }

    List<String> offers() {
        return offers;
    }

    /** Ends every connection, so that the next message comes by a new one. */
    public void forgetConnections() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        synchronized (this) {
            forgotten++;
            notifyAll();
        }
    }

    /** Waits until the connections are ended from our side. */
    synchronized void awaitForgetting() throws InterruptedException {
        for (int before = forgotten; before == forgotten; ) {
            wait();
        }
    }

    /** What was told and has not happened. */
    public synchronized List<String> unmet() {
        return script.entrySet().stream().flatMap(stage -> stage.getValue().entrySet().stream().filter(each -> !each.getValue().isEmpty())
            .map(each -> stage.getKey() + " " + each.getKey() + " " + each.getValue())).toList();
    }

    /** What has come to its end with 250, in order. */
    public synchronized List<Transaction> taken() {
        return transactions.stream().filter(each -> each.reply().startsWith("250")).toList();
    }

    /** What has come to its end, whatever was answered. */
    public synchronized List<Transaction> seen() {
        return List.copyOf(transactions);
    }

    /** Waits for the first transaction taken that fits; throws an {@link AssertionError} when the time is over. */
    public synchronized Transaction await(String what, Predicate<Transaction> fits, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        int from = 0;
        while (true) {
            var all = taken();
            for (; from < all.size(); from++) {
                if (fits.test(all.get(from))) {
                    return all.get(from);
                }
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError(what + " has not arrived in " + atMost.toSeconds() + " s");
            }
            wait(left);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                clients.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException _) {
                return;   // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setSoTimeout(CLIENT_PATIENCE_MILLIS);
            new SmartHostSession(this, new BufferedInputStream(client.getInputStream()), client.getOutputStream()).run();
        } catch (IOException _) {
            // it left, or was made to
        } finally {
            clients.remove(client);
        }
    }

    synchronized Answer next(Stage stage, String recipient, String usual) {
        var queue = script.getOrDefault(stage, Map.of()).get(key(stage, recipient));
        return queue == null || queue.isEmpty() ? new Answer.Says(usual) : queue.removeFirst();
    }

    synchronized void add(Transaction transaction) {
        transactions.add(transaction);
        notifyAll();
    }

    @Override
    public void close() throws IOException {
        server.close();
        forgetConnections();
    }
}
