package sekisho.web.download;

import io.quarkus.logging.Log;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.persistence.PersistenceException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sekisho.gateway.access.Download;
import sekisho.gateway.access.DownloadWatch;
import sekisho.gateway.access.Downloads;
import sekisho.gateway.people.Person;
import sekisho.pages.Pages;
import sekisho.pages.Problems;
import sekisho.pages.SignedIn;
import sekisho.storage.KeyGoneException;
import sekisho.web.fair.Pace;

/**
 * {@code GET /download/{ticket}}: the file itself, for the person who made the ticket. A POST on the link's page makes it, so a scanner
 * that opens every link gets nothing and uses nothing up. A method answers null when it has written to the connection itself.
 */
@Path("/download/{ticket:[0-9a-f-]{36}}")
public class DownloadResource {

    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final Downloads downloads;
    private final DownloadWatch watch;
    private final Files files;
    private final Pages pages;
    private final Problems problems;
    private final SignedIn signedIn;
    private final DownloadConfig config;
    private final DownloadPermits permits;

    DownloadResource(Downloads downloads, DownloadWatch watch, Files files, Pages pages, Problems problems, SignedIn signedIn,
            DownloadConfig config, DownloadPermits permits) {
        this.downloads = downloads;
        this.watch = watch;
        this.files = files;
        this.pages = pages;
        this.problems = problems;
        this.signedIn = signedIn;
        this.config = config;
        this.permits = permits;
    }

    /**
     * What a GET would say, without content. Serves nothing and counts as nothing.
     *
     * @throws IOException never
     */
    @HEAD
    @RunOnVirtualThread
    public @Nullable Response describe(@PathParam("ticket") String ticket, @Context RoutingContext request) throws IOException {
        return started(ticket, (ready, _) -> {
            var whole = new Selection.Whole(ready.file().sizeOctets());
            if (isTooMuch(whole, ready)) {
                return page(CONFLICT, "download.rest");
            }
            var head = Head.of(ready.file(), whole);
            var response = request.response().setStatusCode(head.status());
            head.fields().forEach(response::putHeader);
            response.end();
            return null;
        });
    }

    /**
     * The file, or the range of it that was asked for.
     *
     * @throws IOException the store or the seal broke before anything was sent
     */
    @GET
    @RunOnVirtualThread
    public @Nullable Response serve(@PathParam("ticket") String ticket, @Context RoutingContext request) throws IOException {
        return started(ticket, (ready, person) -> serve(ready, person, request));
    }

    private interface Reading {
        @Nullable Response read(Downloads.Start.Ready ready, Person person) throws IOException;
    }

    /** The permit comes first: so only as many as are served wait for the database, and of one person as many as one may have. */
    private @Nullable Response started(String ticket, Reading reading) throws IOException {
        var person = signedIn.person();
        return switch (permits.take(person)) {
            case ALL_ARE_OUT -> page(UNAVAILABLE, "download.busy");
            case YOURS_ARE_OUT -> page(TOO_MANY_REQUESTS, "download.yours");
            case TAKEN -> {
                try {
                    yield started(ticket, person, reading);
                } finally {
                    permits.giveBack(person);
                }
            }
        };
    }

    private @Nullable Response started(String ticket, Person person, Reading reading) throws IOException {
        return switch (start(ticket, person)) {
            case Downloads.Start.Ready ready -> reading.read(ready, person);
            case Downloads.Start.Closed _ -> page(GONE, "download.closed");
            case Downloads.Start.Spent _ -> page(GONE, "download.spent");
            case Downloads.Start.Unknown _ -> problems.show(Problems.Kind.NOT_FOUND);
        };
    }

    private Downloads.Start start(String ticket, Person person) {
        try {
            return downloads.start(UUID.fromString(ticket), person);
        } catch (IllegalArgumentException _) {
            return new Downloads.Start.Unknown();    // 36 characters, but no UUID
        }
    }

    private Response page(int status, String key) {
        return pages.show(status, new DownloadPage(pages.page(), key));
    }

    private @Nullable Response serve(Downloads.Start.Ready ready, Person person, RoutingContext request) throws IOException {
        var file = ready.file();
        var fields = request.request().headers();
        var selection = Selection.of(fields.get("Range"), fields.get("If-Range"), Head.entityTag(file), file.sizeOctets());
        if (isTooMuch(selection, ready)) {
            return page(CONFLICT, "download.rest");
        }
        var client = new ClientStream(request, Head.of(file, selection), pace());
        return switch (selection) {
            case Selection.Whole(long size) -> begin(ready, person, client, 0, size);
            case Selection.Part(long from, long end, _) -> begin(ready, person, client, from, end);
            case Selection.Unsatisfiable _ -> finish(client);
        };
    }

    /**
     * Whether it would use up what is left and break off before its end. A part that goes on behind a read which hasn't ended for us yet may begin: it gets what
     * that one gives back.
     */
    private static boolean isTooMuch(Selection selection, Downloads.Start.Ready ready) {
        return switch (selection) {
            case Selection.Whole(long size) -> size > ready.leftOctets();
            case Selection.Part(long from, long end, _) -> end - from > ready.leftOctets() && !ready.othersRun();
            case Selection.Unsatisfiable _ -> false;
        };
    }

    private @Nullable Response finish(ClientStream client) {
        try {
            client.finish();
        } catch (ClientStream.GoneException _) {
            client.abort();
        }
        return null;
    }

    private Pace pace() {
        return new Pace(config.stallLimit(), config.leastRate().asLongValue());
    }

    private @Nullable Response begin(Downloads.Start.Ready ready, Person person, ClientStream client, long from, long end) throws IOException {
        var begun = watch.begin(ready, person, from, end, client::abort);
        if (begun.isEmpty()) {
            return page(TOO_MANY_REQUESTS, "download.parallel");
        }
        try (var download = begun.get()) {
            return serve(ready, download, client, from, end);
        }
    }

    private @Nullable Response serve(Downloads.Start.Ready ready, Download download, ClientStream client, long from, long end) throws IOException {
        try (var object = files.open(ready.file()); var plaintext = object.read(from, end - from)) {
            if (new Serving(client, download::mayServe, download::served).serve(plaintext, end - from)) {
                return null;
            }
            if (!client.begun()) {
                return page(GONE, "download.closed");
            }
            client.abort();
        } catch (ClientStream.GoneException gone) {
            Log.debugf("download of file %s broke off: %s", ready.file().file(), gone.getMessage());
            client.abort();
        } catch (KeyGoneException gone) {   // before anything was sent: it is opened first
            Log.errorf("file %s can't be opened: %s; see ./sekisho keys status", ready.file().file(), gone.getMessage());
            return page(UNAVAILABLE, "download.key");
        } catch (IOException | PersistenceException broken) {
            if (!client.begun()) {
                throw broken;
            }
            Log.warnf("download of file %s was cut: %s", ready.file().file(), broken instanceof IOException ? broken.getMessage() : "no database");
            client.abort();
        } catch (RuntimeException fault) {
            if (!client.begun()) {
                throw fault;
            }
            Log.errorf(fault, "download of file %s was cut", ready.file().file());
            client.abort();
        }
        return null;
    }
}
