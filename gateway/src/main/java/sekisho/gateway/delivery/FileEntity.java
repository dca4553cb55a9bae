package sekisho.gateway.delivery;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "file")
class FileEntity extends PanacheEntityBase {
    @Id
    UUID id;
    @Column(name = "delivery_id")
    UUID deliveryId;
    int position;
    String name;
    @Column(name = "media_type")
    String mediaType;
    @Column(name = "size_octets")
    long sizeOctets;
    byte[] sha256;
    @Column(name = "object_key")
    String objectKey;
    byte[] header;
    @Column(name = "cipher_octets")
    long cipherOctets;
    @Column(name = "wrap_algorithm")
    String wrapAlgorithm;
    @Column(name = "wrap_version")
    int wrapVersion;
    byte @Nullable [] wrap;
    @Column(name = "found_type")
    @Nullable String foundType;
    @Nullable String protection;
    String scan = "OFF";
    @Nullable String find;
    @Column(name = "scan_due_at")
    @Nullable Instant scanDueAt;
    String access = "OPEN";
    @Column(name = "revoked_as")
    @Nullable String revokedAs;
}
