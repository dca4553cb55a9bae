package sekisho.gateway.files;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.Locale;
import java.util.UUID;
import sekisho.gateway.policy.Examined;
import sekisho.inspection.Octets;
import sekisho.storage.Place;
import sekisho.storage.Sealer;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;

/** Takes attachments in, whatever the door: each is sealed and looked at in one pass, and nothing of it lies anywhere in clear. */
@ApplicationScoped
public class IncomingFiles {

    private final Vault vault;
    private final Examiner examiner;
    private final MeterRegistry metrics;

    IncomingFiles(Vault vault, Examiner examiner, MeterRegistry metrics) {
        this.vault = vault;
        this.examiner = examiner;
        this.metrics = metrics;
        for (var scan : Examined.Scan.values()) {
            metrics.counter("sekisho.scans", "outcome", scan.name().toLowerCase(Locale.ROOT));
        }
    }

    /** Whether files must be taken in for the scanner's sake, even when nobody gets a link. */
    public boolean scans() {
        return examiner.scans();
    }

    /**
     * Files of one message or one form.
     *
     * @param inspect whether policy may ask for what is in them
     */
    public Together together(UUID delivery, boolean inspect) {
        return new Together(delivery, inspect);
    }

    /** Files that come together: one {@link Batch}. */
    public final class Together {

        private final UUID delivery;
        private final boolean inspect;
        private final Batch batch = new Batch();

        private Together(UUID delivery, boolean inspect) {
            this.delivery = delivery;
            this.inspect = inspect;
        }

        /** Begins to take a file in. The caller closes it. */
        public IncomingFile begin(UUID file) throws StoreException {
            return begin(file, vault.recordPair(), vault.sealFile(delivery, file), examiner.begin(batch));
        }

        /**
         * Begins to take in what the scanner reads only when it is {@link IncomingFile#finish finished}: what may well be forgotten, or is open
         * together with what is inside it. The caller closes it.
         *
         * @param depth from 1: how many of these that aren't {@link IncomingFile#ended ended} are inside each other, this one included
         */
        public IncomingFile beginLate(UUID file, int depth) throws StoreException {
            return begin(file, vault.recordPair(), vault.sealFileAround(delivery, file, depth), examiner.beginLate(batch));
        }

        /**
         * Looks at a small part of the message that is no file, and stays in it; it isn't stored.
         *
         * @param name   as its sender calls it
         * @param asFile whether policy may ask for what is in it as it does of a file
         * @throws BusyException too many files of others are being looked into
         */
        public Examined look(String name, byte[] content, boolean asFile) throws BusyException {
            try (var examination = examiner.begin(batch)) {
                examination.write(content, 0, content.length);
                Examiner.OctetsSource octets = () -> Octets.of(content);
                var examined = inspect && asFile ? examination.finish(name, octets) : examination.finish(octets);
                count(examined);
                return examined;
            } catch (BusyException busy) {
                throw busy;
            } catch (IOException arraysNeverFail) {
                throw new IllegalStateException(arraysNeverFail);
            }
        }

        private IncomingFile begin(UUID file, SealingKey records, Sealer.SealedObject object, Examination examination) {
            return new IncomingFile(new Place(delivery, file), object, records, examination, inspect, IncomingFiles.this::count);
        }
    }

    private void count(Examined examined) {
        metrics.counter("sekisho.scans", "outcome", examined.scan().name().toLowerCase(Locale.ROOT)).increment();
    }
}
