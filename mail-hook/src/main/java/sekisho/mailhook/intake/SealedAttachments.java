package sekisho.mailhook.intake;

import io.quarkus.logging.Log;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.Ids;
import sekisho.gateway.delivery.NewDelivery;
import sekisho.gateway.files.BusyException;
import sekisho.gateway.files.IncomingFile;
import sekisho.gateway.files.IncomingFiles;
import sekisho.gateway.files.Vault;
import sekisho.gateway.policy.Examined;
import sekisho.mailhook.mime.AttachmentFact;
import sekisho.mailhook.mime.AttachmentHead;
import sekisho.mailhook.mime.AttachmentSink;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.smtp.SmtpReply;
import sekisho.storage.StoreException;

/**
 * The attachments of one message on their way into the store. Small ones wait in memory for the end of the message: of one that is refused for
 * having a thousand of them nothing was ever begun, and those of one that is taken become durable several at a time.
 */
final class SealedAttachments implements AutoCloseable {

    private static final SmtpReply BUSY = new SmtpReply(451, "4.3.2", "too many files are being looked into at once, try again later");
    /** In place of the index of an attachment. */
    private static final int WHOLE = -1;
    private static final int SMALL_OCTETS = 16 << 10;
    private static final String WHOLE_TYPE = "message/rfc822";
    private static final int FIRST_OCTETS = 512;
    private static final int AT_ONCE = 8;
    /** Octets of all messages that may wait in memory; when it is used up, small attachments are treated as large ones are. */
    private static final Semaphore MEMORY = new Semaphore(32 << 20);

    private final Vault vault;
    private final IncomingFiles.Together incoming;
    private final UUID delivery;
    private final Duration longest;
    private final Set<Attachment> open = new HashSet<>();
    private final Map<Integer, Attachment> given = new HashMap<>();
    private final BitSet depths = new BitSet();   // of those that are around others and haven't ended
    private boolean handedOver;

    /**
     * @param inspect whether policy may ask for what is in them
     * @param longest how long {@link #finish} may take. A client that waits for longer sends the message again, and both arrive.
     */
    SealedAttachments(Vault vault, IncomingFiles incoming, UUID delivery, boolean inspect, Duration longest) {
        this.vault = vault;
        this.incoming = incoming.together(delivery, inspect);
        this.delivery = delivery;
        this.longest = longest;
    }

    AttachmentSink begin(AttachmentHead head) throws StoreException {
        var attachment = new Attachment(head);
        open.add(attachment);
        return attachment;
    }

    /** The message itself, which may turn out to be no file for anybody. */
    AttachmentSink beginWhole() throws StoreException {
        return begin(new AttachmentHead(WHOLE, WHOLE_TYPE, "message.eml", true, true));
    }

    /** The message has come to its end and is no longer refused for its form: makes durable what waited for that, and looks at it. */
    void finish() throws IOException {
        var waiting = given.values().stream().filter(attachment -> attachment.examined == null).toList();
        if (!waiting.isEmpty()) {
            together(waiting);
        }
    }

    private void together(List<Attachment> waiting) throws IOException {
        var turns = new Semaphore(AT_ONCE);
        var failed = new AtomicBoolean();   // then those that haven't begun never begin
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = waiting.stream().map(attachment -> inTurn(turns, failed, attachment)).toList();
            for (var each : threads.invokeAll(tasks, longest.toNanos(), TimeUnit.NANOSECONDS)) {
                each.get();
            }
        } catch (CancellationException late) {
            throw new StoreException("storing " + waiting.size() + " attachments takes longer than " + longest.toSeconds() + " s (mail-hook.limits.storing)", late);
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case IOException why -> throw why;
                case RuntimeException why -> throw why;
                default -> throw new IllegalStateException(failure.getCause());
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new StoreException("the gateway is stopping", stopping);
        }
    }

    private static Callable<Void> inTurn(Semaphore turns, AtomicBoolean failed, Attachment attachment) {
        return () -> {
            turns.acquire();
            boolean done = false;
            try {
                if (!failed.get()) {
                    attachment.finish();
                }
                done = true;
                return null;
            } finally {
                failed.compareAndSet(false, !done);
                turns.release();
            }
        };
    }

    /** What an attachment, or a part that stays, was found to be; nothing of one that nobody looks at. */
    Examined examined(AttachmentFact fact) {
        var attachment = given.get(fact.index());
        return attachment == null ? Examined.NOT : attachment.examined();
    }

    /** An attachment as its delivery has it; empty for one that is not kept. */
    Optional<NewDelivery.NewFile> file(AttachmentFact fact) {
        return Optional.ofNullable(given.get(fact.index())).map(attachment ->
            new NewDelivery.NewFile(attachment.id, fact.name(), fact.otherNames(), fact.type(), attachment.taken()));
    }

    /** What the message itself was found to be; empty when it is no file for anybody. */
    Optional<Examined> wholeExamined() {
        return Optional.ofNullable(given.get(WHOLE)).map(Attachment::examined);
    }

    /** The message itself as its delivery has it. */
    Optional<NewDelivery.NewFile> wholeFile(String name) {
        return Optional.ofNullable(given.get(WHOLE)).map(whole -> new NewDelivery.NewFile(whole.id, name, List.of(), WHOLE_TYPE, whole.taken(), true));
    }

    /** The objects are somebody else's to keep or to delete from now on. */
    void handOver() {
        handedOver = true;
    }

    /**
     * What was not handed over leaves nothing behind. A store that doesn't answer is asked once, since the client is waiting for its 451: what it has then is
     * left to the sweep.
     */
    @Override
    public void close() {
        boolean answers = true;
        for (var attachment : List.copyOf(open)) {
            attachment.end();
            if (answers && attachment.isStored() && !(handedOver && given.containsKey(attachment.head.index()))) {
                answers = attachment.delete();
            }
        }
    }

    private final class Attachment implements AttachmentSink {

        private final AttachmentHead head;
        private final UUID id = Ids.next();
        private String name;
        private byte @Nullable [] small = new byte[0];
        private int octets;
        private @Nullable IncomingFile file;
        private IncomingFile.@Nullable Taken taken;
        private @Nullable Examined examined;
        private boolean stays;
        private boolean asFile;
        private int depth;   // among those around others; 0 for none

        Attachment(AttachmentHead head) {
            this.head = head;
            this.name = head.name();
        }

        @Override
        public void named(String later) {
            name = later;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            if (file == null && fits(length) && small != null) {
                System.arraycopy(buffer, offset, small, octets, length);
                octets += length;
            } else {
                begun(head.late()).write(buffer, offset, length);
            }
        }

        /** Makes room in memory, if there is any. */
        private boolean fits(int more) {
            if (small == null || octets + more > SMALL_OCTETS) {
                return false;
            }
            if (octets + more <= small.length) {
                return true;
            }
            int capacity = Math.min(SMALL_OCTETS, Math.max(FIRST_OCTETS, Integer.highestOneBit(octets + more) << 1));
            if (!MEMORY.tryAcquire(capacity - small.length)) {
                return false;
            }
            try {
                small = Arrays.copyOf(small, capacity);
            } catch (OutOfMemoryError full) {
                MEMORY.release(capacity - small.length);
                throw full;
            }
            return true;
        }

        /** @param around whether others may be open with it */
        private IncomingFile begun(boolean around) throws StoreException {
            if (file == null) {
                file = around ? incoming.beginLate(id, deeper()) : incoming.begin(id);
                if (small != null) {
                    file.write(small, 0, octets);
                }
                forget();
            }
            return file;
        }

        private int deeper() {
            depth = depths.nextClearBit(1);
            depths.set(depth);
            return depth;
        }

        private void forget() {
            if (small != null) {
                MEMORY.release(small.length);
                small = null;
            }
        }

        @Override
        public void finish(long decodedOctets) throws IOException {
            given.put(head.index(), this);   // whatever becomes of it, its object is ours to delete
            if (file != null) {
                finish();
            }
        }

        @Override
        public void ended() throws StoreException {
            if (file != null) {
                file.ended();
                depths.clear(depth);
            }
        }

        @Override
        public void stay(boolean inside) throws IOException {
            stays = true;
            asFile = inside;
            finish(octets);
        }

        void finish() throws IOException {
            try {
                if (stays) {
                    look();
                    return;
                }
                taken = begun(false).finish(name);
            } catch (BusyException others) {
                throw new RefusedException(BUSY);
            }
            examined = taken.examined();
            end();
        }

        /** The message around it has its octets, so the store needn't. */
        private void look() throws IOException {
            if (file == null) {
                examined = incoming.look(name, small == null ? new byte[0] : Arrays.copyOf(small, octets), asFile);
                forget();
                return;
            }
            examined = file.look(name, asFile);
            end();
            if (isStored()) {
                delete();
            }
        }

        @Override
        public void withdraw() {
            end();
            open.remove(this);
            if (isStored()) {
                delete();
            }
        }

        void end() {
            forget();
            if (file != null) {
                file.close();
                depths.clear(depth);
            }
        }

        boolean isStored() {
            return file != null && file.isStored();
        }

        private IncomingFile.Taken taken() {
            return told(taken);
        }

        private Examined examined() {
            return told(examined);
        }

        private <T> T told(@Nullable T what) {
            if (what == null) {
                throw new IllegalStateException("attachment " + head.index() + " of " + delivery + " was not finished");
            }
            return what;
        }

        /** Deletes it. @return false when the store can't be asked */
        boolean delete() {
            if (file == null) {
                return true;   // never begun
            }
            try {
                vault.deleteFile(id);
                return true;
            } catch (StoreException unavailable) {
                Log.debugf("an object of %s is left to the sweeper: %s", delivery, unavailable.getMessage());
                return false;
            }
        }
    }
}
