package sekisho.web.upload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.IDN;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import sekisho.gateway.GroupCommit.InDoubtException;
import sekisho.gateway.Ids;
import sekisho.gateway.access.Links;
import sekisho.gateway.delivery.Deliveries;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.delivery.LateException;
import sekisho.gateway.delivery.NewDelivery.Addressee;
import sekisho.gateway.delivery.NewDelivery.Facts;
import sekisho.gateway.delivery.NewDelivery.NewFile;
import sekisho.gateway.delivery.NewDelivery.Plan;
import sekisho.gateway.delivery.NewDelivery.Source;
import sekisho.gateway.delivery.NewDelivery.Spool;
import sekisho.gateway.delivery.NewDelivery.SpoolKind;
import sekisho.gateway.delivery.Once;
import sekisho.gateway.delivery.PolicyChangedException;
import sekisho.gateway.files.IncomingFiles;
import sekisho.gateway.files.Vault;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.AttachmentFacts;
import sekisho.gateway.policy.MessageFacts;
import sekisho.gateway.policy.PolicyStore;
import sekisho.gateway.senders.Senders;
import sekisho.storage.Sealed;
import sekisho.storage.Sealer.SealedObject;
import sekisho.storage.StoreException;
import sekisho.web.send.SendForm.Typed;

/**
 * Makes a delivery of received files and typed texts. It is a delivery like one that came by mail: same policy, hold, notice, links and
 * audit. Without the sealing keys, and without anybody who may send, nothing can be taken in, so their lack stops start-up.
 */
@Startup(Sending.BEFORE_TIMERS)
@ApplicationScoped
class Sending {

    /** Priority among what runs at start. */
    static final int BEFORE_TIMERS = 100;

    private final Deliveries deliveries;
    private final Vault vault;
    private final IncomingFiles incoming;
    private final PolicyStore policies;
    private final Senders senders;
    private final ObjectMapper json = new ObjectMapper();

    Sending(Deliveries deliveries, Vault vault, IncomingFiles incoming, PolicyStore policies, Senders senders) {
        this.deliveries = deliveries;
        this.vault = vault;
        this.incoming = incoming;
        this.policies = policies;
        this.senders = senders;
        vault.requireSealing();
        senders.requireSome();
    }

    /** Whether somebody with this address may send: by the same rule as a reverse-path of mail. */
    boolean maySend(EmailAddress sender) {
        return senders.has(sender.domain());
    }

    /** The delivery that was made of this form, if it was sent already. Without an id nobody can tell. */
    Optional<UUID> madeOf(EmailAddress sender, Typed typed) {
        return once(sender, typed).flatMap(deliveries::madeOf);
    }

    private static Optional<Once> once(EmailAddress sender, Typed typed) {
        return typed.hasId() ? Optional.of(Once.of(sender, typed.form())) : Optional.empty();
    }

    /** How long files may take to come in. */
    Duration longest() {
        return deliveries.longestIntake();
    }

    /** Whether these have taken longer. */
    boolean isLate(ReceivedFiles files) {
        return Ids.age(files.delivery()).compareTo(longest()) > 0;
    }

    /** Takes files in for a delivery that is to be. @param room must stay open until they are accepted or gone */
    ReceivedFiles receive(WaitingFiles.Room room) {
        boolean inspect = policies.current().inspects();
        var delivery = Ids.next();
        var together = incoming.together(delivery, inspect);
        return new ReceivedFiles(delivery, (_, file) -> {
            room.take();
            return together.begin(file);
        }, vault::deleteFile);
    }

    /**
     * Makes the delivery durable and keeps the files, or keeps nothing.
     *
     * @param groups of the sender's account
     * @param typed  with the form's id
     * @param texts  made of it, without anything wrong
     * @param files  at least one
     * @throws StoreException   the store is unavailable: nothing was kept
     * @throws LateException    the files took too long: nothing was kept
     * @throws PolicyChangedException the policy was changed since they began to come in, and asks for more: nothing was kept
     * @throws InDoubtException nobody knows whether it was kept
     * @throws RuntimeException the database is unavailable: nothing was kept
     */
    Intake send(EmailAddress sender, Set<String> groups, Typed typed, Texts texts, ReceivedFiles files) throws StoreException {
        var addressees = texts.recipients().stream().map(a -> new Addressee(Ids.next(), a, null, null)).toList();
        var plan = deliveries.plan(files.delivery(), Source.PORTAL, Optional.of(sender), groups, addressees, null, null, texts.smtpUtf8(),
            once(sender, typed).orElse(null));
        var messageId = plan.delivery() + "@" + ascii(sender.domain());
        var content = spoolOf(texts, messageId, files);
        try (var object = vault.sealSpool(plan.delivery())) {
            object.out().write(content);
            var sealed = finished(object, plan.delivery());
            var spool = new Spool(SpoolKind.COMPOSED, sealed, content.length,
                recipient -> Links.token(object.derive(Links.TOKEN_LABEL, Ids.octets(recipient), Links.TOKEN_OCTETS)));
            var taken = files.files();
            files.keep();   // Deliveries deletes what was not accepted
            return deliveries.accept(plan, facts(messageId, sender, texts, files, content.length), spool, taken);
        } catch (StoreException unavailable) {
            throw unavailable;
        } catch (IOException other) {
            throw new StoreException("cannot seal the spool: " + other.getMessage(), other);
        }
    }

    /** Where it fails, the store may have the object all the same: its answer may be lost. */
    private Sealed finished(SealedObject object, UUID delivery) throws IOException {
        try {
            return object.finish();
        } catch (IOException | RuntimeException failed) {
            try {
                vault.deleteSpool(delivery);
            } catch (StoreException stays) {   // the sweep finds it
                failed.addSuppressed(stays);
            }
            throw failed;
        }
    }

    private static Facts facts(String messageId, EmailAddress sender, Texts texts, ReceivedFiles files, int spoolOctets) {
        long octets = files.files().stream().mapToLong(file -> file.sealed().plainOctets()).sum();
        var attachments = files.files().stream()
            .map(file -> new AttachmentFacts(file.name(), file.otherNames(), file.mediaType(), file.sealed().plainOctets(), file.examined())).toList();
        return new Facts(texts.subject(), "<" + messageId + ">", octets + spoolOctets,
            new MessageFacts.Content(texts.headers(sender), false, false, attachments), texts.message(), false);
    }

    private static String ascii(String domain) {
        var plain = domain;
        try {
            plain = IDN.toASCII(domain, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException _) {
            // not one that could be looked up; as an id it still serves
        }
        return plain.replaceAll("[^A-Za-z0-9.-]", "-");
    }

    /** What the mail to the recipients is composed from: a JSON object of {@code subject}, {@code message}, {@code messageId} and names of {@code files}. */
    private byte[] spoolOf(Texts texts, String messageId, ReceivedFiles files) {
        var fields = new TreeMap<String, Object>();
        fields.put("subject", texts.subject());
        fields.put("message", texts.message());
        fields.put("messageId", messageId);
        fields.put("files", files.files().stream().map(NewFile::name).toList());
        try {
            return json.writeValueAsBytes(fields);
        } catch (JsonProcessingException twoTextsAlwaysCanBe) {
            throw new IllegalStateException(twoTextsAlwaysCanBe);
        }
    }
}
