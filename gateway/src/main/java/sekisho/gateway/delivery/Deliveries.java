package sekisho.gateway.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.GroupCommit.InDoubtException;
import sekisho.gateway.Ids;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.audit.AuditLog;
import sekisho.gateway.audit.AuditType;
import sekisho.gateway.delivery.NewDelivery.Addressee;
import sekisho.gateway.delivery.NewDelivery.Facts;
import sekisho.gateway.delivery.NewDelivery.NewFile;
import sekisho.gateway.delivery.NewDelivery.Plan;
import sekisho.gateway.delivery.NewDelivery.Source;
import sekisho.gateway.delivery.NewDelivery.Spool;
import sekisho.gateway.files.IncomingFiles;
import sekisho.gateway.files.Leftovers;
import sekisho.gateway.files.StoreConfig;
import sekisho.gateway.people.EmailAddress;
import sekisho.gateway.policy.Attachments;
import sekisho.gateway.policy.Decision;
import sekisho.gateway.policy.MessageFacts;
import sekisho.gateway.policy.Objection;
import sekisho.gateway.policy.PolicyStore;
import sekisho.storage.Sealed;

/**
 * Accepts messages. First {@link #plan}, then the adapter seals spool and files, then {@link #accept}, which makes rows, grants,
 * outbox and audit event in one transaction. Until then what was sealed has no key anywhere: a crash in between leaves noise.
 */
@ApplicationScoped
public class Deliveries {

    /** Files times recipients of one delivery: a row for what each got of each, all in one transaction. Whoever hands more in is refused before. */
    public static final int MOST_GRANTS = 100_000;
    /** Of a delivery that waits for no other: a thousand connections with as many each are a fraction of what the others may make. */
    private static final int FEW_GRANTS = 100;

    private final PolicyStore policies;
    private final Acceptance acceptance;
    private final AuditLog audit;
    private final Leftovers leftovers;
    private final IncomingFiles incoming;
    private final PasswordMails passwordMails;
    private final StoreConfig store;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final RowsAtOnce rowsAtOnce = new RowsAtOnce(2 * MOST_GRANTS, FEW_GRANTS);

    Deliveries(PolicyStore policies, Acceptance acceptance, AuditLog audit, Leftovers leftovers, IncomingFiles incoming,
            PasswordMails passwordMails, StoreConfig store, Clock clock, MeterRegistry metrics) {
        this.policies = policies;
        this.acceptance = acceptance;
        this.audit = audit;
        this.leftovers = leftovers;
        this.incoming = incoming;
        this.passwordMails = passwordMails;
        this.store = store;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Settles what must be known before the message is read. Touches nothing.
     *
     * @param senderGroups groups of the sender's account, as the identity provider tells them; none when nobody signed in
     */
    public Plan plan(Source source, Optional<EmailAddress> sender, Set<String> senderGroups, List<Addressee> addressees, @Nullable String ret,
            @Nullable String envid, boolean smtpUtf8) {
        return plan(Ids.next(), source, sender, senderGroups, addressees, ret, envid, smtpUtf8, null);
    }

    /**
     * As above, for a delivery whose files were sealed before its recipients were known.
     *
     * @param delivery from {@link Ids#next}
     * @param once     what it may come from once only, or null
     */
    public Plan plan(UUID delivery, Source source, Optional<EmailAddress> sender, Set<String> senderGroups, List<Addressee> addressees,
            @Nullable String ret, @Nullable String envid, boolean smtpUtf8, @Nullable Once once) {
        var policy = policies.current();
        var envelope = new MessageFacts.Envelope(sender, senderGroups, clock.instant());
        var outlook = policy.outlook(envelope, addressees.stream().map(Addressee::address).toList());
        boolean portal = source == Source.PORTAL;
        return new Plan(delivery, source, envelope, List.copyOf(addressees), policy, outlook, !portal && outlook.mayPass(),
            portal || outlook.mayLink() || outlook.inspects() || incoming.scans(), !portal && outlook.mayLinkWhole(), ret, envid, smtpUtf8, once);
    }

    /** The delivery that was made of this, if any was. */
    public Optional<UUID> madeOf(Once once) {
        return acceptance.madeOf(once);
    }

    /**
     * Makes the delivery durable, or keeps nothing, in a transaction of its own, which it may share with other deliveries. What is not held is
     * released in the same transaction.
     *
     * <p>The objects of spool and files are ours from here on, whatever comes of it: when the delivery is refused, or failed before its
     * commit, they are deleted; when the commit itself broke off, as soon as it is known that it didn't happen.
     *
     * @param files in the order in which they stand in the message; the message itself behind them
     * @throws LateException          when it came in for too long; nothing was kept
     * @throws PolicyChangedException when files of an earlier {@link #plan} were not looked into and its policy asks for that; nothing was kept
     * @throws RuntimeException       when the database is unavailable: nothing was kept, unless it broke off while it committed
     */
    public Intake accept(Plan plan, Facts facts, Spool spool, List<NewFile> files) {
        boolean kept = false;
        @Nullable String inDoubt = null;
        try {
            var decided = decided(plan, facts, spool, files);
            kept = decided.intake() instanceof Intake.Accepted;
            decided.afterwards().run();
            count(decided.intake(), files);
            return decided.intake();
        } catch (InDoubtException doubt) {
            inDoubt = doubt.transaction();
            throw doubt;
        } catch (CompletionException | Error unsure) {   // of the JVM, perhaps behind the commit and without its number: what isn't needed is the sweep's
            kept = true;
            throw unsure;
        } finally {
            if (!kept) {
                abandon(plan.delivery(), inDoubt, objects(spool, files));
            }
        }
    }

    private void abandon(UUID delivery, @Nullable String transaction, List<String> objects) {
        if (transaction == null) {
            leftovers.remove(delivery, objects);
        } else {
            leftovers.inDoubt(delivery, transaction, objects);
        }
    }

    private static List<String> objects(Spool spool, List<NewFile> files) {
        return Stream.concat(Stream.of(spool.sealed()), files.stream().map(NewFile::sealed)).filter(Sealed::stored).map(Sealed::key).toList();
    }

    private void count(Intake intake, List<NewFile> files) {
        switch (intake) {
            case Intake.Accepted(_, var heldUntil) -> {
                metrics.counter("sekisho.intake", "outcome", "accepted").increment();
                metrics.counter("sekisho.intake.files").increment(files.size());
                metrics.counter("sekisho.intake.held").increment(heldUntil.isPresent() ? 1 : 0);
            }
            case Intake.Repeated _ -> metrics.counter("sekisho.intake", "outcome", "repeated").increment();
            case Intake.Deferred _ -> { }   // whoever answers counts all that is put off
            case Intake.Refused(_, var objection, _) -> {
                metrics.counter("sekisho.intake", "outcome", "refused").increment();
                metrics.counter("sekisho.intake.refused", "objection", objection.name().toLowerCase(Locale.ROOT)).increment();
            }
        }
    }

    /**
     * What became of a message.
     *
     * @param afterwards what is left to do where it was accepted; it is durable before, and its objects aren't ours to delete any more, whatever comes of this
     */
    private record Decided(Intake intake, Runnable afterwards) {

        Decided(Intake intake) {
            this(intake, () -> { });
        }
    }

    private Decided decided(Plan plan, Facts facts, Spool spool, List<NewFile> files) {
        var now = clock.instant();
        var judged = new MessageFacts(plan.envelope(), facts.content(), passwordMails.recipientsOf(plan, facts, now));
        requireExamined(plan, judged);
        var decisions = new TreeMap<UUID, Decision>();
        var notYet = Optional.<String>empty();
        var decided = plan.policy().decide(judged, plan.addressees().stream().map(Addressee::address).toList()).iterator();
        for (var addressee : plan.addressees()) {
            var decision = decided.next();
            if (decision.objection().isPresent()) {
                var objection = decision.objection().get();
                audit.recordAlone(AuditType.DELIVERY_REFUSED, Actor.part("intake"), AuditLog.About.NOTHING, Map.of("rule", decision.rule(),
                    "policy", plan.policy().version(), "recipients", plan.addressees().size(), "objection", objection.name()));
                return new Decided(new Intake.Refused(decision.rule(), objection, objection == Objection.INFECTED ? judged.content().find().orElse("") : ""));
            }
            if (decision.notYet()) {
                notYet = notYet.or(() -> Optional.of(decision.rule()));
            }
            requireKept(plan, decision, facts, files);
            decisions.put(addressee.id(), decision);
        }
        if (notYet.isPresent()) {
            return new Decided(new Intake.Deferred(notYet.get()));
        }
        requireInTime(plan);
        var needed = files.stream().filter(file -> isNeeded(plan, file, decisions.values())).toList();
        return rowsAtOnce.make((long) needed.size() * decisions.size(),
            () -> committed(plan, files, needed, decisions, new RowsBuilder(plan, facts, spool, needed, decisions, now).build(audit)));
    }

    private Decided committed(Plan plan, List<NewFile> files, List<NewFile> needed, SortedMap<UUID, Decision> decisions, AcceptedRows rows) {
        int released = rows.released();
        var until = decisions.values().stream().filter(Decision::held).map(Decision::hold).max(Duration::compareTo).map(rows.delivery().acceptedAt::plus);
        var accepted = new Decided(new Intake.Accepted(plan.delivery(), until), () -> {
            if (needed.size() < files.size()) {
                leftovers.removeSoon(plan.delivery(), files.stream().filter(file -> !needed.contains(file)).map(file -> file.sealed().key()).toList());
            }
            metrics.counter("sekisho.released", "by", "intake").increment(released);
        });
        try {
            acceptance.commit(rows);
        } catch (InDoubtException | CompletionException unsure) {
            throw unsure;
        } catch (RuntimeException failed) {   // the other of two that were handed in at one time may have been first
            var earlier = Optional.ofNullable(plan.once()).flatMap(this::madeOf).orElseThrow(() -> failed);
            return new Decided(new Intake.Repeated(earlier));
        }
        return accepted;
    }

    /** Whether the sealed file is of use to anybody: to who gets a link, or to the scanner while a copy waits for it. */
    private static boolean isNeeded(Plan plan, NewFile file, Collection<Decision> decisions) {
        return plan.source() == Source.PORTAL
            || decisions.stream().anyMatch(d -> d.attachments() == Attachments.LINK && d.whole() == file.whole() || d.untilScanned() && !file.whole());
    }

    /**
     * How long a delivery may take to come in. Objects that no row names are swept when they are older than {@code gateway.store.orphan-age}. Who has
     * taken half of it so far may be swept while it commits; the other half is for the commit, and for clocks that differ.
     */
    public Duration longestIntake() {
        return store.orphanAge().dividedBy(2);
    }

    private void requireInTime(Plan plan) {
        if (Ids.age(plan.delivery()).compareTo(longestIntake()) > 0) {
            throw new LateException(plan.delivery());
        }
    }

    /** A policy that was changed while the files came in may ask for what nobody looked at. The next attempt is judged by it alone. */
    private static void requireExamined(Plan plan, MessageFacts judged) {
        if (plan.outlook().inspects() && judged.content().files().stream()
                .anyMatch(a -> a.examined().type().isEmpty() || a.examined().protection().isEmpty())) {
            throw new PolicyChangedException(plan.delivery());
        }
    }

    /** What was foreseen covers what is decided; if ever it doesn't, nobody gets less or more than they should. */
    private static void requireKept(Plan plan, Decision decision, Facts facts, List<NewFile> files) {
        boolean portal = plan.source() == Source.PORTAL;
        if (decision.whole() ? files.stream().noneMatch(NewFile::whole) : !facts.content().attachments().isEmpty() && !portal
                && !(decision.attachments() == Attachments.LINK ? plan.sealAttachments() : plan.keepAttachments())) {
            throw new IllegalStateException("rule " + decision.rule() + " wants what wasn't kept of " + plan.delivery());
        }
    }
}
