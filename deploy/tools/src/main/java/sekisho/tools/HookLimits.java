package sekisho.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import sekisho.gateway.senders.Senders;
import sekisho.mailhook.intake.MessageLimits;

/** The limits of a hook and its senders, for commands that try messages. */
final class HookLimits {

    private HookLimits() {
    }

    /**
     * @param settings the runnable's {@code application.properties}; without, those of a hook that sets none
     * @throws CommandException when it can't be read, or a limit in it is none
     */
    static MessageLimits of(Optional<String> settings) throws CommandException {
        return settings.isEmpty() ? MessageLimits.defaults() : read(settings.get(), MessageLimits::read);
    }

    /** As above; without settings it isn't known who may send. */
    static Optional<Senders> senders(Optional<String> settings) throws CommandException {
        return settings.isEmpty() ? Optional.empty() : Optional.of(read(settings.get(), MessageLimits::senders)).filter(Senders::areKnown);
    }

    private interface Reading<T> {
        T of(Path settings) throws IOException;
    }

    private static <T> T read(String settings, Reading<T> reading) throws CommandException {
        try {
            return reading.of(Path.of(settings));
        } catch (IOException unreadable) {
            throw new CommandException("cannot read " + settings + ": " + unreadable, unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new CommandException("--settings: " + wrong.getMessage(), wrong);
        }
    }
}
