package sekisho.tools;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import sekisho.gateway.audit.Actor;
import sekisho.gateway.keys.KeyName;
import sekisho.gateway.keys.KeyVersions;
import sekisho.gateway.keys.Rewrap;
import sekisho.gateway.keys.Rotation;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;
import sekisho.storage.StandingFiles;

/**
 * A process that rotates, wraps again in small batches and destroys, and stands still at one place, to be killed there: right before or right
 * after the nth commit of something that was written, or renaming of a file. Behind it are the very classes of the product, a real connection and
 * real files.
 */
public final class KilledKeys {

    private static final int BATCH = 2;

    private final int stopAt;
    private int place;
    private boolean written;

    private KilledKeys(int stopAt) {
        this.stopAt = stopAt;
    }

    /** Arguments: URL, user, password, folder with the key files, where to stand still. Prints a line when it stands, or has come to its end. */
    public static void main(String[] arguments) throws Exception {
        var process = new KilledKeys(Integer.parseInt(arguments[4]));
        try (var real = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
            process.work(process.watched(real), StandingFiles.around(Path.of(arguments[3]), (act, _) -> {
                if (act == StandingFiles.Act.MOVE) {
                    process.stand();
                }
            }));
        }
        System.out.println("ended");
    }

    private void work(Connection connection, Path folder) throws SQLException {
        var versions = new KeyVersions(connection, Clock.systemUTC(), Actor.part("operator"), Map.of("by", "Suzuki"));
        var privateFile = folder.resolve("files.private");
        new Rotation(versions, KeyName.FILES, privateFile, folder.resolve("files.public")).run(Set.of());
        Rewrap.to(connection, versions, KeyName.FILES, OpeningKey.load(privateFile), Duration.ZERO, BATCH).orElseThrow().run();
        var old = KeyFiles.listed(privateFile);
        for (var each : old.headMap(old.lastKey()).values()) {
            if (!(versions.destroy(KeyName.FILES, each) instanceof KeyVersions.Destruction.Marked)) {
                throw new IllegalStateException("version " + each.version() + " is in use");
            }
            KeyFiles.destroy(privateFile, each.version());
        }
    }

    private Connection watched(Connection real) {
        return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Connection.class}, (_, method, arguments) -> {
            boolean commits = method.getName().equals("commit") && written;
            if (commits) {
                stand();
            }
            var result = call(real, method, arguments);
            if (commits) {
                written = false;
                stand();
            }
            return result instanceof PreparedStatement statement ? watched(statement) : result;
        });
    }

    private PreparedStatement watched(PreparedStatement real) {
        return (PreparedStatement) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {PreparedStatement.class}, (_, method, arguments) -> {
            var result = call(real, method, arguments);
            written |= result instanceof Integer changed && method.getName().equals("executeUpdate") && changed > 0;
            return result;
        });
    }

    private static Object call(Object on, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    void stand() throws IOException {
        if (++place == stopAt) {
            System.out.println("stands");
            System.out.flush();
            System.in.read();   // until it is killed
        }
    }
}
