package sekisho.gateway.people;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "person")
class PersonEntity extends PanacheEntityBase {
    @Id
    UUID id;
    String issuer;
    String subject;
    @Nullable String address;
    byte[] salt;
    @Column(name = "first_seen_at")
    Instant firstSeenAt;
    @Column(name = "last_seen_at")
    Instant lastSeenAt;
}
