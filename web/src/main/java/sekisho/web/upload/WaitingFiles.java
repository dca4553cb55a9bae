package sekisho.web.upload;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import sekisho.gateway.people.Person;
import sekisho.web.fair.Shares;

/**
 * Bounds the files of all uploads on this node that are sealed and not accepted yet, and with them the memory of what is known about each:
 * their number in one upload bounds nothing, since there are many uploads.
 */
@ApplicationScoped
class WaitingFiles {

    private final Shares shares;

    @Inject
    WaitingFiles(UploadConfig config) {
        this(config.waitingFiles(), Math.min(config.maxFiles(), config.waitingFiles()));
    }

    /**
     * @param most      of everybody together
     * @param perPerson of one, as many as one delivery may have
     */
    WaitingFiles(int most, int perPerson) {
        shares = new Shares(most, perPerson);
    }

    /** No further file is taken now. */
    static final class NoRoomException extends IOException {
        private static final long serialVersionUID = 1L;

        private final Shares.Answer answer;

        NoRoomException(Shares.Answer answer) {
            super("as many files wait for their acceptance as this node has memory for");
            this.answer = answer;
        }

        Shares.Answer answer() {
            return answer;
        }
    }

    /** The files of one upload, which count until it is closed. For one thread. */
    final class Room implements AutoCloseable {

        private final Person person;
        private int files;

        private Room(Person person) {
            this.person = person;
        }

        /** Makes room for one more. */
        void take() throws NoRoomException {
            var answer = shares.take(person);
            if (answer != Shares.Answer.TAKEN) {
                throw new NoRoomException(answer);
            }
            files++;
        }

        @Override
        public void close() {
            for (; files > 0; files--) {
                shares.giveBack(person);
            }
        }
    }

    Room of(Person person) {
        return new Room(person);
    }
}
