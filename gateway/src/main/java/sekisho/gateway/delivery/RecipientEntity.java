package sekisho.gateway.delivery;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "recipient")
class RecipientEntity extends PanacheEntityBase {
    @Id
    UUID id;
    @Column(name = "delivery_id")
    UUID deliveryId;
    String address;
    @Column(name = "address_given")
    String addressGiven;
    boolean outside;
    String attachments;
    String rule;
    @Column(name = "expires_after")
    long expiresAfter;
    int downloads;
    @Enumerated(EnumType.STRING)
    DeliveryView.Hold hold;
    @Column(name = "release_at")
    Instant releaseAt;
    @Column(name = "released_at")
    @Nullable Instant releasedAt;
    @Column(name = "expires_at")
    @Nullable Instant expiresAt;
    @Column(name = "until_scanned")
    boolean untilScanned;
    @Nullable String names;
    String access = "OPEN";
    byte @Nullable [] salt;
    @Column(name = "revoked_as")
    @Nullable String revokedAs;
    @Column(name = "link_hash")
    byte @Nullable [] linkHash;
    @Column(name = "names_seen_at")
    @Nullable Instant namesSeenAt;
    @Column(name = "dsn_notify")
    @Nullable String dsnNotify;
    @Column(name = "dsn_orcpt")
    @Nullable String dsnOrcpt;
    @Enumerated(EnumType.STRING)
    DeliveryView.Relay relay = DeliveryView.Relay.NONE;
}
