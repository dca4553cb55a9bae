package sekisho.mailhook.relay;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A DNS server over UDP that knows what a test tells it; everything else doesn't exist. A name told to be silent gets no answer. */
final class ScriptedDns implements AutoCloseable {

    private static final String SOA = "SOA ns.example. admin.example. 1 3600 600 86400 60";

    final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<Name, List<Record>> records = new HashMap<>();
    private final Map<Name, Integer> codes = new HashMap<>();
    private final Map<Name, Boolean> silent = new HashMap<>();
    private final DatagramSocket socket;

    /** @param zone lines like {@code a.example. MX 10 mx.example.}, {@code b.example. SERVFAIL} or {@code c.example. SILENT} */
    ScriptedDns(String... zone) throws IOException {
        for (var line : zone) {
            var words = line.split(" ", 3);
            var name = Name.fromString(words[0]);
            switch (words[1]) {
                case "SERVFAIL" -> codes.put(name, Rcode.SERVFAIL);
                case "REFUSED" -> codes.put(name, Rcode.REFUSED);
                case "SILENT" -> silent.put(name, true);
                default -> records.computeIfAbsent(name, _ -> new ArrayList<>())
                    .add(Record.fromString(name, Type.value(words[1]), DClass.IN, 60, words[2], Name.root));
            }
        }
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        Thread.ofVirtual().start(this::serve);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void serve() {
        var buffer = new byte[4096];
        while (!socket.isClosed()) {
            try {
                var packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                var query = new Message(Arrays.copyOf(buffer, packet.getLength()));
                var question = query.getQuestion();
                asked.add(question.getName() + " " + Type.string(question.getType()));
                if (silent.containsKey(question.getName())) {
                    continue;
                }
                var octets = answer(query, question).toWire();
                socket.send(new DatagramPacket(octets, octets.length, packet.getSocketAddress()));
            } catch (IOException closed) {
                // the loop looks
            }
        }
    }

    private Message answer(Message query, Record question) throws IOException {
        var answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question, Section.QUESTION);
        var name = question.getName();
        if (codes.containsKey(name)) {
            answer.getHeader().setRcode(codes.get(name));
            return answer;
        }
        var known = records.getOrDefault(name, List.of());
        var found = known.stream().filter(each -> each.getType() == question.getType() || each.getType() == Type.CNAME).toList();
        found.forEach(each -> answer.addRecord(each, Section.ANSWER));
        if (found.isEmpty()) {
            answer.getHeader().setRcode(known.isEmpty() ? Rcode.NXDOMAIN : Rcode.NOERROR);
            answer.addRecord(Record.fromString(Name.fromString("example."), Type.SOA, DClass.IN, 60, SOA.substring(4), Name.root), Section.AUTHORITY);
        }
        return answer;
    }

    @Override
    public void close() {
        socket.close();
    }
}
