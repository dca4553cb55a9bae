package sekisho.gateway.delivery;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** What was served lives in columns that only SQL touches: {@code served} is a multirange. */
@Entity
@Table(name = "access_grant")
class GrantEntity extends PanacheEntityBase {
    @Id
    UUID id;
    @Column(name = "delivery_id")
    UUID deliveryId;
    @Column(name = "file_id")
    UUID fileId;
    @Column(name = "recipient_id")
    UUID recipientId;
}
