package sekisho.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import sekisho.gateway.settings.SecretFiles;

/** A database and who to be there. The password comes from a file, so that no list of processes shows it. */
public record DatabaseLogin(String url, String user, String password) {

    public DatabaseLogin {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("the address of the database begins with jdbc:postgresql:, not " + url.replaceAll("[?].*", ""));
        }
    }

    /** @throws CommandException when the file can't be read or the address is none */
    static DatabaseLogin of(String url, String user, Path passwordFile) throws CommandException {
        SecretFiles.warning("--password-file", passwordFile).ifPresent(warning -> System.err.println("warning: " + warning));
        try {
            return new DatabaseLogin(url, user, Files.readString(passwordFile).strip());
        } catch (IOException unreadable) {
            throw new CommandException("cannot read the password of " + user + " from " + passwordFile + ": " + unreadable, unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new CommandException(String.valueOf(wrong.getMessage()), wrong);
        }
    }

    /** The caller closes it. */
    Connection connect() throws CommandException {
        try {
            return open();
        } catch (SQLException refused) {
            throw new CommandException("cannot connect to " + url + " as " + user + ": " + refused.getMessage(), refused);
        }
    }

    /** As {@link #connect}, for who has their own words for a database that is away. */
    Connection open() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    @Override
    public String toString() {
        return user + " at " + url;
    }
}
