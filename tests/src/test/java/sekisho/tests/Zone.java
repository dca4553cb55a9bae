package sekisho.tests;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A DNS server over UDP on loopback: it answers with the records that a test gives it, which may change; what it has none of doesn't exist. */
public final class Zone implements AutoCloseable {

    private static final int TTL_SECONDS = 60;

    private final DatagramSocket socket;
    private final Map<Name, List<Record>> records = new ConcurrentHashMap<>();
    private final Map<Name, Integer> failures = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    public Zone() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        Thread.ofVirtual().start(this::serve);
    }

    /** As {@code mail-hook.dns.servers} takes it. */
    public String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** From now on the name has these and no others. @param texts such as {@code MX 10 mx.example.} or {@code A 127.0.0.1} */
    public void has(String name, String... texts) throws IOException {
        var key = Name.fromString(name, Name.root);
        records.put(key, Arrays.stream(texts).map(text -> record(key, text)).toList());
        failures.remove(key);
    }

    /** From now on nothing can be found out about the name. */
    public void fails(String name) throws IOException {
        failures.put(Name.fromString(name, Name.root), Rcode.SERVFAIL);
    }

    /** What was asked, {@code name. TYPE}. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    private static Record record(Name name, String text) {
        var words = text.split(" ", 2);
        try {
            return Record.fromString(name, Type.value(words[0]), DClass.IN, TTL_SECONDS, words[1], Name.root);
        } catch (IOException wrong) {
            throw new IllegalArgumentException(text, wrong);
        }
    }

    private void serve() {
        var buffer = new byte[4096];
        while (!socket.isClosed()) {
            try {
                var packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                var answer = answer(new Message(Arrays.copyOf(buffer, packet.getLength()))).toWire();
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException closed) {
                // the loop looks
            }
        }
    }

    private Message answer(Message query) throws IOException {
        var question = query.getQuestion();
        asked.add(question.getName() + " " + Type.string(question.getType()));
        var answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question, Section.QUESTION);
        var failure = failures.get(question.getName());
        if (failure != null) {
            answer.getHeader().setRcode(failure);
            return answer;
        }
        var known = records.get(question.getName());
        if (known == null) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
        } else {
            known.stream().filter(each -> each.getType() == question.getType()).forEach(each -> answer.addRecord(each, Section.ANSWER));
        }
        return answer;
    }

    @Override
    public void close() {
        socket.close();
    }
}
