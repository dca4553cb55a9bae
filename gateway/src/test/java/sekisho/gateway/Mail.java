package sekisho.gateway;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.access.Links;
import sekisho.gateway.delivery.Deliveries;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.delivery.Once;
import sekisho.gateway.files.FileRecords;
import sekisho.gateway.files.IncomingFile;
import sekisho.gateway.files.IncomingFiles;
import sekisho.gateway.files.Vault;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.KeyRing;
import sekisho.gateway.outbox.OutboxItem;
import sekisho.gateway.outbox.Routing;
import sekisho.gateway.outbox.Settlement;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.people.People;
import sekisho.gateway.people.Person;
import sekisho.gateway.policy.AttachmentFacts;
import sekisho.gateway.policy.Examined;
import sekisho.gateway.policy.MessageFacts;
import sekisho.storage.Place;
import sekisho.storage.RecordKey;
import sekisho.storage.Sealer;
import sekisho.storage.StoreException;

/** Sends messages into the gateway as an adapter would, and signs people in. */
@ApplicationScoped
public class Mail {

    /** All mail goes to one host, which takes any number at once. */
    public static final Routing ONE_DESTINATION = new Routing() {
        @Override
        public String destination(String domain) {
            return "hop";
        }

        @Override
        public int free(String destination) {
            return 1000;
        }

        @Override
        public boolean isProven(String destination) {
            return true;
        }

        @Override
        public int unprovenRoom() {
            return 0;
        }
    };

    static final byte[] SPOOL = "Subject: x\r\n\r\nbody\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Deliveries deliveries;
    private final Vault vault;
    private final IncomingFiles incoming;
    private final People people;
    private final KeyRing keys;

    Mail(Deliveries deliveries, Vault vault, IncomingFiles incoming, People people, KeyRing keys, FileRecords records) {
        this.deliveries = deliveries;
        this.vault = vault;
        this.incoming = incoming;
        this.people = people;
        this.keys = keys;
        records.openWith(TestServers.folder.resolve("records.private"));
    }

    private IncomingFile.Taken taken(Sealer.SealedObject object, Place place) throws StoreException {
        var sealed = object.finish();
        var record = RecordKey.of(object, place);
        return new IncomingFile.Taken(sealed, Examined.NOT, record, record.wrappedTo(keys.sealing(KeyName.RECORDS)));
    }

    /** A message on its way: ids and link tokens by address, file ids in order. */
    public record Sent(UUID delivery, Map<String, UUID> recipients, Map<String, String> tokens, List<UUID> files, Intake intake) {
    }

    public Sent send(String from, List<String> to, byte[]... attachments) {
        return send(NewDelivery.Source.MAIL, from, to, null, attachments);
    }

    /** As above. @param notify DSN wishes of all recipients, or null */
    public Sent send(NewDelivery.Source source, String from, List<String> to, @Nullable String notify, byte[]... attachments) {
        return send(source, from, to, notify, false, attachments);
    }

    /** As above. @param automatic whether no person wrote it */
    public Sent send(NewDelivery.Source source, String from, List<String> to, @Nullable String notify, boolean automatic, byte[]... attachments) {
        return send(Ids.next(), source, from, to, notify, automatic, attachments);
    }

    /** As above. @param delivery its id, which says when it began to come in */
    public Sent send(UUID delivery, NewDelivery.Source source, String from, List<String> to, @Nullable String notify, boolean automatic, byte[]... attachments) {
        return send(delivery, null, source, from, to, notify, automatic, attachments);
    }

    /** What somebody hands in from the portal with the one-time id of a form. */
    public Sent handIn(String form, String from, List<String> to, byte[]... attachments) {
        return send(Ids.next(), Once.of(EmailAddress.parse(from).orElseThrow(), form), NewDelivery.Source.PORTAL, from, to, null, false, attachments);
    }

    private Sent send(UUID delivery, @Nullable Once once, NewDelivery.Source source, String from, List<String> to, @Nullable String notify,
            boolean automatic, byte[]... attachments) {
        var addressees = to.stream()
            .map(a -> new NewDelivery.Addressee(Ids.next(), EmailAddress.parse(a).orElseThrow(), notify, null)).toList();
        var plan = deliveries.plan(delivery, source, EmailAddress.parse(from), java.util.Set.of(), addressees, null, null, false, once);
        var ids = new HashMap<String, UUID>();
        var tokens = new HashMap<String, String>();
        var files = new ArrayList<NewDelivery.NewFile>();
        try (var spool = vault.sealSpool(plan.delivery())) {
            for (var attachment : attachments) {
                var id = Ids.next();
                try (var file = vault.sealFile(plan.delivery(), id)) {
                    file.out().write(attachment);
                    files.add(new NewDelivery.NewFile(id, "report-" + files.size() + ".pdf", List.of(), "application/pdf", taken(file, new Place(plan.delivery(), id))));
                }
            }
            spool.out().write(SPOOL);
            for (var addressee : addressees) {
                ids.put(addressee.address().key(), addressee.id());
                tokens.put(addressee.address().key(), Links.token(spool.derive(Links.TOKEN_LABEL, Ids.octets(addressee.id()), Links.TOKEN_OCTETS)));
            }
            var sealed = spool.finish();
            var facts = new NewDelivery.Facts("Quarterly figures", "<" + plan.delivery() + "@example.co.jp>", 1000,
                new MessageFacts.Content(Map.of(), false, false, files.stream().map(f -> new AttachmentFacts(f.name(), List.of(), f.mediaType(),
                    f.sealed().plainOctets(), f.examined())).toList()), "", automatic);
            var intake = deliveries.accept(plan, facts,
                new NewDelivery.Spool(source == NewDelivery.Source.MAIL ? NewDelivery.SpoolKind.MESSAGE : NewDelivery.SpoolKind.COMPOSED, sealed, sealed.plainOctets(),
                    id -> tokens.get(addressees.stream().filter(a -> a.id().equals(id)).findFirst().orElseThrow().address().key())), files);
            return new Sent(plan.delivery(), ids, tokens, files.stream().map(NewDelivery.NewFile::id).toList(), intake);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** What somebody sends besides files. */
    public record Written(String subject, String text) {
    }

    /** As an adapter does it: every file goes the way of all that comes in, if the plan wants it sealed. */
    public Sent take(NewDelivery.Source source, String from, List<String> to, Written written, Map<String, byte[]> attachments) {
        return take(source, from, to, written, attachments, Optional.empty());
    }

    /** A signed message, and what can be taken out of it. */
    public Sent takeSigned(String from, List<String> to, Written written, byte[] message, Map<String, byte[]> attachments) {
        return take(NewDelivery.Source.MAIL, from, to, written, attachments, Optional.of(message));
    }

    private Sent take(NewDelivery.Source source, String from, List<String> to, Written written, Map<String, byte[]> attachments, Optional<byte[]> signed) {
        var addressees = to.stream().map(a -> new NewDelivery.Addressee(Ids.next(), EmailAddress.parse(a).orElseThrow(), null, null)).toList();
        var plan = deliveries.plan(source, EmailAddress.parse(from), java.util.Set.of(), addressees, null, null, false);
        var ids = new HashMap<String, UUID>();
        var tokens = new HashMap<String, String>();
        var files = new ArrayList<NewDelivery.NewFile>();
        var facts = new ArrayList<AttachmentFacts>();
        var together = incoming.together(plan.delivery(), plan.outlook().inspects());
        try (var spool = vault.sealSpool(plan.delivery())) {
            for (var attachment : attachments.entrySet()) {
                var content = attachment.getValue();
                var examined = Examined.NOT;
                if (plan.sealAttachments()) {
                    try (var file = together.begin(Ids.next())) {
                        file.write(content, 0, content.length);
                        var taken = file.finish(attachment.getKey());
                        examined = taken.examined();
                        files.add(new NewDelivery.NewFile(file.id(), attachment.getKey(), List.of(), "application/octet-stream", taken));
                    }
                }
                facts.add(new AttachmentFacts(attachment.getKey(), List.of(), "application/octet-stream", content.length, examined));
            }
            var whole = Optional.<MessageFacts.Whole>empty();
            if (signed.isPresent() && plan.sealWhole()) {
                try (var file = together.beginLate(Ids.next(), 1)) {
                    file.write(signed.get(), 0, signed.get().length);
                    var taken = file.finish("message.eml");
                    whole = Optional.of(new MessageFacts.Whole(taken.examined(), true));
                    files.add(new NewDelivery.NewFile(file.id(), "message.eml", List.of(), "message/rfc822", taken, true));
                }
            }
            spool.out().write(SPOOL);
            for (var addressee : addressees) {
                ids.put(addressee.address().key(), addressee.id());
                tokens.put(addressee.address().key(), Links.token(spool.derive(Links.TOKEN_LABEL, Ids.octets(addressee.id()), Links.TOKEN_OCTETS)));
            }
            var sealed = spool.finish();
            var intake = deliveries.accept(plan, new NewDelivery.Facts(written.subject(), "<" + plan.delivery() + "@example.co.jp>", 1000,
                    new MessageFacts.Content(Map.of(), signed.isPresent(), false, facts, List.of(), List.of(), whole), written.text(), false),
                new NewDelivery.Spool(source == NewDelivery.Source.MAIL ? NewDelivery.SpoolKind.MESSAGE : NewDelivery.SpoolKind.COMPOSED, sealed,
                    sealed.plainOctets(), id -> tokens.get(addressees.stream().filter(a -> a.id().equals(id)).findFirst().orElseThrow().address().key())),
                files);
            return new Sent(plan.delivery(), ids, tokens, files.stream().map(NewDelivery.NewFile::id).toList(), intake);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** The next hop takes a row's copy. */
    public static Settlement taken(OutboxItem.Row row) {
        return new Settlement.Sent(row.id(), new Settlement.Reply("250 2.0.0 ok", "hop.example:25", true), true);
    }

    public Person person(String address, String... roles) {
        return people.signedIn("https://idp.example", "subject of " + address, address, true, Set.of(roles));
    }

    /** An account whose address may change. */
    public Person account(String subject, String address) {
        return people.signedIn("https://idp.example", subject, address, true, Set.of());
    }

    public Person unverified(String address) {
        return people.signedIn("https://idp.example", "impostor " + address, address, false, Set.of());
    }

    public static Optional<UUID> any() {
        return Optional.empty();
    }
}
