package sekisho.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import sekisho.mailhook.intake.MessageLimits;

/** The limits of a hook, for commands that try messages. */
final class HookLimits {

    private HookLimits() {
    }

    /**
     * @param settings the runnable's {@code application.properties}; without, those of a hook that sets none
     * @throws CommandException when it can't be read, or a limit in it is none
     */
    static MessageLimits of(Optional<String> settings) throws CommandException {
        if (settings.isEmpty()) {
            return MessageLimits.defaults();
        }
        try {
            return MessageLimits.read(Path.of(settings.get()));
        } catch (IOException unreadable) {
            throw new CommandException("cannot read " + settings.get() + ": " + unreadable, unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new CommandException("--settings: " + wrong.getMessage(), wrong);
        }
    }
}
