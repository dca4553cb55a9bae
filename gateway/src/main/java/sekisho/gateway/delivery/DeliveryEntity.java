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
@Table(name = "delivery")
class DeliveryEntity extends PanacheEntityBase {
    @Id
    UUID id;
    @Enumerated(EnumType.STRING)
    NewDelivery.Source source;
    String sender;
    @Column(name = "sender_as_given")
    String senderAsGiven;
    String subject;
    @Column(name = "message_id")
    String messageId;
    @Column(name = "size_octets")
    long sizeOctets;
    @Column(name = "accepted_at")
    Instant acceptedAt;
    @Column(name = "policy_version")
    String policyVersion;
    boolean notice;
    boolean attached;
    @Column(name = "in_mail")
    @Nullable Integer inMail;
    @Column(name = "in_mail_octets")
    @Nullable Long inMailOctets;
    @Column(name = "dsn_ret")
    @Nullable String dsnRet;
    @Column(name = "dsn_envid")
    @Nullable String dsnEnvid;
    @Column(name = "smtp_utf8")
    boolean smtpUtf8;
    @Column(name = "next_release_at")
    @Nullable Instant nextReleaseAt;
    @Column(name = "waits_for_scan")
    boolean waitsForScan;
    String access = "OPEN";
    byte @Nullable [] salt;
    @Column(name = "revoked_as")
    @Nullable String revokedAs;
    @Column(name = "expires_at")
    @Nullable Instant expiresAt;
    @Column(name = "shred_at")
    @Nullable Instant shredAt;
    @Column(name = "shredded_at")
    @Nullable Instant shreddedAt;
    byte @Nullable [] once;
    @Column(name = "spool_kind")
    String spoolKind;
    @Column(name = "spool_key")
    @Nullable String spoolKey;
    @Column(name = "spool_inline")
    byte @Nullable [] spoolInline;
    @Column(name = "spool_header")
    byte @Nullable [] spoolHeader;
    @Column(name = "spool_plain_octets")
    @Nullable Long spoolPlainOctets;
    @Column(name = "spool_cipher_octets")
    @Nullable Long spoolCipherOctets;
    @Column(name = "spool_message_octets")
    @Nullable Long spoolMessageOctets;
    @Column(name = "spool_wrap_algorithm")
    @Nullable String spoolWrapAlgorithm;
    @Column(name = "spool_wrap_version")
    @Nullable Integer spoolWrapVersion;
    @Column(name = "spool_wrap")
    byte @Nullable [] spoolWrap;
}
