package sekisho.web.upload;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import sekisho.gateway.delivery.Deliveries;
import sekisho.web.send.SendForm.Typed;
import sekisho.web.send.SendForm.Wrong;

/**
 * Reads the form of the portal, and receives its files on the way. The texts may come before or after the files. Once it is known that
 * nothing can be sent, no file is received any more.
 */
final class Form {

    private static final int LONGEST_TEXT_OCTETS = 64 << 10;
    private static final int MOST_TEXT_PARTS = 20;

    private final int mostFiles;
    private final int mostRecipients;
    private final int mostGrants;
    private final List<Wrong> wrong = new ArrayList<>();
    private String id = "";
    private String recipients = "";
    private String subject = "";
    private String message = "";
    private boolean recipientsSeen;
    private int textParts;

    Form(int mostFiles, int mostRecipients) {
        this(mostFiles, mostRecipients, Deliveries.MOST_GRANTS);
    }

    Form(int mostFiles, int mostRecipients, int mostGrants) {
        this.mostFiles = mostFiles;
        this.mostRecipients = mostRecipients;
        this.mostGrants = mostGrants;
    }

    /** What was typed, as far as it was read. */
    Typed typed() {
        return new Typed(id, recipients, subject, message);
    }

    /** What is wrong with the whole form; empty when it can be sent. */
    List<Wrong> wrong(ReceivedFiles files) {
        var all = new ArrayList<>(texts().wrong());
        all.addAll(wrong);
        if (files.files().isEmpty() && all.isEmpty()) {
            all.add(new Wrong("files", "no_files", ""));
        }
        if (all.isEmpty() && files.files().size() > mostFor(texts().recipients().size())) {
            all.add(tooMany(mostFor(texts().recipients().size())));
        }
        return all;
    }

    Texts texts() {
        return Texts.of(typed(), mostRecipients);
    }

    /**
     * Reads to the end of the form, or to the first file when what was typed before it can't be sent anyway, or was sent already.
     *
     * @param spent whether an id was used up; asked once, before the first file
     * @throws FormParts.MalformedFormException it is no form, or has ended too early
     * @throws sekisho.storage.StoreException   the store failed
     */
    void read(FormParts parts, ReceivedFiles files, Predicate<Typed> spent) throws IOException {
        boolean begun = false;
        for (var next = parts.next(); next.isPresent(); next = parts.next()) {
            var part = next.get();
            if (!part.isFile()) {
                text(part);
                continue;
            }
            var content = chosen(part);
            if (content.isEmpty()) {
                continue;
            }
            if (!wrong.isEmpty() || recipientsSeen && !texts().wrong().isEmpty()) {
                return;
            }
            if (!begun && spent.test(typed())) {
                return;
            }
            begun = true;
            int most = mostFor(recipientsSeen ? texts().recipients().size() : 1);
            if (files.files().size() >= most) {
                wrong.add(tooMany(most));
                return;
            }
            files.receive(part.fileName(), part.mediaType(), content.get());
        }
    }

    private int mostFor(int recipients) {
        return Math.min(mostFiles, mostGrants / Math.max(1, recipients));
    }

    private static Wrong tooMany(int most) {
        return new Wrong("files", "too_many_files", Integer.toString(most));
    }

    private void text(FormParts.Part part) throws IOException {
        if (++textParts > MOST_TEXT_PARTS) {
            throw new FormParts.MalformedFormException("too many text fields", null);
        }
        var octets = part.content().readNBytes(LONGEST_TEXT_OCTETS + 1);
        var text = new String(octets, StandardCharsets.UTF_8);
        switch (part.name()) {
            case "recipients" -> {
                recipients = recipients.isEmpty() ? text : recipients + "\n" + text;
                recipientsSeen = true;
                if (octets.length > LONGEST_TEXT_OCTETS) {
                    wrong.add(new Wrong("recipients", "too_many_recipients", Integer.toString(mostRecipients)));
                }
            }
            case "form" -> {
                id = text;
                if (!text.isEmpty() && !typed().hasId()) {
                    wrong.add(new Wrong("", "bad_form", ""));
                }
            }
            case "subject" -> subject = text;
            case "message" -> message = text;    // what is cut off here is too long anyway
            default -> {
                // some other field; it is passed over
            }
        }
    }

    /** Nothing, when the field was left empty: then browsers send a file without a name and without content. */
    private static Optional<InputStream> chosen(FormParts.Part part) throws IOException {
        if (!part.fileName().isEmpty()) {
            return Optional.of(part.content());
        }
        var first = part.content().readNBytes(1);
        return first.length == 0 ? Optional.empty() : Optional.of(new SequenceInputStream(new ByteArrayInputStream(first), part.content()));
    }
}
