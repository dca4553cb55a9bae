package sekisho.gateway.delivery;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.files.FileRecords.SealedRecord;
import sekisho.storage.Place;
import sekisho.storage.WrappedKey;

@Entity
@Table(name = "file")
class FileEntity extends PanacheEntityBase {
    @Id
    UUID id;
    @Column(name = "delivery_id")
    UUID deliveryId;
    int position;
    boolean whole;
    @Column(name = "size_octets")
    long sizeOctets;
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
    byte[] record;
    @Column(name = "record_wrap_algorithm")
    String recordWrapAlgorithm;
    @Column(name = "record_wrap_version")
    int recordWrapVersion;
    @Column(name = "record_wrap")
    byte @Nullable [] recordWrap;
    String scan = "OFF";
    byte @Nullable [] find;
    @Column(name = "scan_due_at")
    @Nullable Instant scanDueAt;
    String access = "OPEN";
    @Column(name = "revoked_as")
    @Nullable String revokedAs;

    SealedRecord sealedRecord() {
        return new SealedRecord(new Place(deliveryId, id), record, find,
            recordWrap == null ? null : new WrappedKey(recordWrapAlgorithm, recordWrapVersion, recordWrap));
    }
}
