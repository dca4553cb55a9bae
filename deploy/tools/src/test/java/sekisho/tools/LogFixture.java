package sekisho.tools;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.sql.Connection;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import sekisho.gateway.Ids;
import sekisho.gateway.audit.CheckpointKey;
import sekisho.gateway.audit.MerkleTree;

/** Writes an audit log as the product does, event by event, each with its signed checkpoint. */
final class LogFixture {

    private final Connection connection;
    private final Path folder;
    private final MerkleTree tree = new MerkleTree();

    LogFixture(Connection connection, Path folder) {
        this.connection = connection;
        this.folder = folder;
    }

    Path publicKey() {
        return folder.resolve("audit.public");
    }

    Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    void write(int events) throws Exception {
        for (int i = 0; i < events; i++) {
            var id = event("{\"id\":\"%s\",\"at\":\"%s\",\"type\":\"RECORDS_READ\",\"actor\":\"intake\"}");
            execute("insert into audit_leaf values (?, ?)", tree.size(), id);
            tree.append(leafHash(id));
            var note = sign();
            execute("insert into audit_checkpoint values (?, ?, ?, now())", tree.size(), tree.root(), note);
            Files.writeString(checkpoints(), note + "\n", java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
        }
        execute("update audit_edge set size = ?, hashes = ?", tree.size(), tree.edge());
    }

    UUID event(String json) throws Exception {
        var id = Ids.next();
        var at = Instant.parse("2026-11-22T01:02:03.123456Z");
        var payload = json.formatted(id, at).getBytes(StandardCharsets.UTF_8);
        execute("insert into audit_event values (?, ?, 'RECORDS_READ', null, ?, ?)", id, Timestamp.from(at), payload, MerkleTree.leafHash(payload));
        return id;
    }

    void execute(String sql, Object... values) throws Exception {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private byte[] leafHash(UUID id) throws Exception {
        try (var statement = connection.prepareStatement("select leaf_hash from audit_event where id = ?")) {
            statement.setObject(1, id);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getBytes(1);
            }
        }
    }

    private String sign() throws Exception {
        var secret = Base64.getDecoder().decode(Files.readString(folder.resolve("audit.private")).strip());
        var text = CheckpointKey.ORIGIN + "\n" + tree.size() + "\n" + Base64.getEncoder().encodeToString(tree.root()) + "\n";
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(secret)));
        signature.update(text.getBytes(StandardCharsets.UTF_8));
        return text + "\n— " + CheckpointKey.ORIGIN + " " + Base64.getEncoder().encodeToString(signature.sign()) + "\n";
    }
}
