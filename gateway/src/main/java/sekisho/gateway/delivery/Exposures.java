package sekisho.gateway.delivery;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.audit.Commitment;
import sekisho.gateway.audit.Evidence;
import sekisho.gateway.audit.Ranges;
import sekisho.gateway.delivery.DeliveryView.GrantView;
import sekisho.gateway.delivery.DeliveryView.RecipientView;

/**
 * Who got what: the rows and the events together, never less than either. Rows are written before octets go out, events after; a row that
 * tells less than the events, or of somebody else, was changed behind our back.
 */
@ApplicationScoped
class Exposures {

    private static final int ROWS_AT_ONCE = 1_000;

    private final Session entities;
    private final Clock clock;

    Exposures(Session entities, Clock clock) {
        this.entities = entities;
        this.clock = clock;
    }

    /** @param contradicted whether some row tells something else, or less, than the events */
    record Found(List<RecipientView> recipients, List<GrantView> grants, boolean contradicted) {
    }

    /** Whether its sender can't open it again: a responder or the scanner has shut it. */
    static boolean frozen(@Nullable String revokedAs) {
        return revokedAs != null && !revokedAs.equals("SENDER");
    }

    /** @param evidence read before the rows: what is served meanwhile must not look like a contradiction */
    Found of(Evidence evidence, DeliveryEntity delivery, List<RecipientEntity> recipients, List<FileEntity> files) {
        var told = evidence.all();
        var openFiles = files.stream().filter(file -> file.access.equals("OPEN")).map(file -> file.id).collect(Collectors.toSet());
        var open = new HashSet<UUID>();
        var grants = new ArrayList<GrantView>();
        var found = new int[1];
        var less = new boolean[1];
        try (var rows = entities.createNativeQuery("""
                select g.file_id, g.recipient_id, g.access, g.revoked_as, g.downloads, r.downloads as download_limit, g.first_served_at,
                    g.last_served_at, cast(g.served as text) as served
                from access_grant g join recipient r on r.id = g.recipient_id join file f on f.id = g.file_id
                where g.delivery_id = :delivery order by r.outside desc, r.address, f.position""", Tuple.class)
            .setParameter("delivery", delivery.id).setFetchSize(ROWS_AT_ONCE).getResultStream()) {
            rows.forEach(row -> {   // there may be a hundred thousand
                var got = told.get(new Evidence.Grant((UUID) row.get("recipient_id"), (UUID) row.get("file_id")));
                if (got != null) {
                    found[0]++;
                    less[0] |= !tellsAll(row, got);
                }
                if (row.get("access").equals("OPEN") && openFiles.contains((UUID) row.get("file_id"))) {
                    open.add((UUID) row.get("recipient_id"));
                }
                grants.add(view(row, evidence));
            });
        }
        boolean contradicted = !evidence.isWhole() || evidence.hasCommitments() && (!sameAsAccepted(evidence, delivery, recipients, files)
            || recipients.stream().anyMatch(r -> evidence.holdEnded(r.id).filter(end -> !end.equals(r.hold.name())).isPresent())
            || recipients.stream().anyMatch(r -> r.namesSeenAt == null && evidence.namesSeen(r.id).isPresent())
            || less[0] || found[0] < told.size());
        return new Found(recipients.stream().map(r -> view(r, evidence, standing(delivery, r, open.contains(r.id)))).toList(), grants, contradicted);
    }

    private static boolean sameAsAccepted(Evidence evidence, DeliveryEntity d, List<RecipientEntity> recipients, List<FileEntity> files) {
        return evidence.saysHead(Commitment.ofHead(d.salt, d.id, d.sender, d.senderAsGiven, d.subject, d.messageId)) && evidence.saysInMail(d.inMail, d.inMailOctets)
            && recipients.size() == evidence.accepted("recipient").size() && files.size() == evidence.accepted("file").size()
            && recipients.stream().allMatch(r -> evidence.saysRecipient(r.id, Commitment.ofRecipient(r.salt, r.id, r.address, r.addressGiven)))
            && files.stream().allMatch(f -> evidence.saysSealed(f.id, f.sizeOctets, f.record, f.find));
    }

    private static boolean tellsAll(Tuple row, Evidence.Got got) {
        return (Integer) row.get("downloads") >= got.completed() && Ranges.parse((String) row.get("served")).contains(got.served());
    }

    private Standing standing(DeliveryEntity delivery, RecipientEntity r, boolean someOpen) {
        return Standing.of(new Standing.Copy(r.hold, r.attachments.equals("LINK"), r.relay, delivery.access, r.access.equals("REVOKED"), someOpen,
            Optional.ofNullable(r.expiresAt)), clock.instant());
    }

    private static RecipientView view(RecipientEntity r, Evidence evidence, Standing standing) {
        var names = earlier(Optional.ofNullable(r.namesSeenAt), evidence.namesSeen(r.id));
        return new RecipientView(r.id, r.addressGiven, r.outside, r.attachments.equals("LINK"), r.rule, r.hold, r.releaseAt,
            r.hold == DeliveryView.Hold.HELD && r.untilScanned,
            Optional.ofNullable(r.releasedAt), Optional.ofNullable(r.expiresAt), r.access.equals("REVOKED"), frozen(r.revokedAs), names, r.relay, standing);
    }

    private static GrantView view(Tuple row, Evidence evidence) {
        var file = (UUID) row.get("file_id");
        var recipient = (UUID) row.get("recipient_id");
        var got = evidence.got(recipient, file);
        var served = Ranges.parse((String) row.get("served")).plus(got.map(Evidence.Got::served).orElse(Ranges.NONE));
        var downloads = Math.max((Integer) row.get("downloads"), got.map(Evidence.Got::completed).orElse(0));
        return new GrantView(file, recipient, row.get("access").equals("REVOKED"), frozen((String) row.get("revoked_as")), downloads,
            (Integer) row.get("download_limit"), served, earlier(Optional.ofNullable((Instant) row.get("first_served_at")), got.map(Evidence.Got::first)),
            later(Optional.ofNullable((Instant) row.get("last_served_at")), got.map(Evidence.Got::last)));
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        return Stream.concat(one.stream(), other.stream()).min(Instant::compareTo);
    }

    private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
        return Stream.concat(one.stream(), other.stream()).max(Instant::compareTo);
    }
}
