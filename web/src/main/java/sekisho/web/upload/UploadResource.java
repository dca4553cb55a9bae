package sekisho.web.upload;

import io.quarkus.logging.Log;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import sekisho.gateway.GroupCommit.InDoubtException;
import sekisho.gateway.delivery.Intake;
import sekisho.gateway.delivery.LateException;
import sekisho.gateway.delivery.PolicyChangedException;
import sekisho.gateway.people.EmailAddress;
import sekisho.pages.Pages;
import sekisho.pages.Problems;
import sekisho.pages.SignedIn;
import sekisho.storage.ObjectTooLargeException;
import sekisho.storage.StoreException;
import sekisho.web.fair.Pace;
import sekisho.web.fair.Shares;
import sekisho.web.send.SendForm;
import sekisho.web.send.SendForm.Typed;
import sekisho.web.send.SendForm.Wrong;

/**
 * {@code POST /send}: takes the form with its files from a sender. The method asks for no body, so the framework reads none of it and
 * writes nothing to disk; {@link RequestBody} reads it as it arrives.
 */
@Path("/send")
public class UploadResource {

    private static final int BAD_REQUEST = 400;
    private static final int TOO_LARGE = 413;
    private static final int UNPROCESSABLE = 422;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final Sending sending;
    private final SendForm form;
    private final Pages pages;
    private final Problems problems;
    private final SignedIn signedIn;
    private final UploadConfig config;
    private final UploadPermits permits;
    private final WaitingFiles waiting;
    private final Vertx vertx;

    UploadResource(Sending sending, SendForm form, Pages pages, Problems problems, SignedIn signedIn, UploadConfig config,
            UploadPermits permits, WaitingFiles waiting, Vertx vertx) {
        this.sending = sending;
        this.form = form;
        this.pages = pages;
        this.problems = problems;
        this.signedIn = signedIn;
        this.config = config;
        this.permits = permits;
        this.waiting = waiting;
        this.vertx = vertx;
    }

    /** Answers 303 to the delivery's page, to that of the first when the form came before, or the form again with what is wrong. */
    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @RolesAllowed("sender")
    @RunOnVirtualThread
    public Response send(@Context RoutingContext context) {
        var request = context.request();
        try {
            return send(request);
        } finally {
            RequestBody.discardRest(request, vertx);
        }
    }

    private Response send(HttpServerRequest request) {
        var person = signedIn.person();
        var sender = person.address();
        if (sender.isEmpty()) {
            return again(UNPROCESSABLE, Typed.NOTHING, "", "no_address", "");
        }
        if (!sending.maySend(sender.get())) {
            return problems.show(Problems.Kind.FORBIDDEN);
        }
        var groups = signedIn.groups();
        if (groups.isEmpty()) {
            Log.warn("an upload was not accepted: the claim groups of the ID token is no list of texts, or too long, and rules on groups can't be obeyed");
            return again(UNPROCESSABLE, Typed.NOTHING, "", "groups", "");
        }
        if (length(request) > config.maxOctets().asLongValue()) {
            return tooLarge(Typed.NOTHING);
        }
        return switch (permits.take(person)) {
            case ALL_ARE_OUT -> again(UNAVAILABLE, Typed.NOTHING, "", "unavailable", "");
            case YOURS_ARE_OUT -> again(TOO_MANY_REQUESTS, Typed.NOTHING, "", "yours", "");
            case TAKEN -> {
                try (var room = waiting.of(person); var files = sending.receive(room)) {
                    yield take(request, sender.get(), groups.get(), files);
                } finally {
                    permits.giveBack(person);
                }
            }
        };
    }

    private static long length(HttpServerRequest request) {
        return Optional.ofNullable(request.getHeader("Content-Length")).filter(l -> l.matches("\\d{1,18}")).map(Long::parseLong).orElse(0L);
    }

    private Response take(HttpServerRequest request, EmailAddress sender, Set<String> groups, ReceivedFiles files) {
        var read = new Form(config.maxFiles(), config.maxRecipients());
        var body = new RequestBody(request, config.maxOctets().asLongValue(),
            new Pace(config.idleLimit(), config.leastRate().asLongValue()), () -> sending.isLate(files));
        try {
            read.read(new FormParts(body, request.getHeader("Content-Type")), files, typed -> sending.madeOf(sender, typed).isPresent());
            var earlier = sending.madeOf(sender, read.typed());
            if (earlier.isPresent()) {
                return repeated(earlier.get());
            }
            var wrong = read.wrong(files);
            if (!wrong.isEmpty()) {
                return form.show(UNPROCESSABLE, read.typed(), wrong);
            }
            body.transferTo(OutputStream.nullOutputStream());
            return answer(sending.send(sender, groups, read.typed(), read.texts(), files), read.typed(), files);
        } catch (WaitingFiles.NoRoomException full) {
            Log.infof("an upload was not accepted after %d files: %s", files.files().size(), full.getMessage());
            return full.answer() == Shares.Answer.YOURS_ARE_OUT ? again(TOO_MANY_REQUESTS, read.typed(), "", "yours_files", "")
                : again(UNAVAILABLE, read.typed(), "", "busy", "");
        } catch (ObjectTooLargeException large) {
            return again(TOO_LARGE, read.typed(), "files", "file_too_big", pages.page().size(large.largestOctets()));
        } catch (StoreException unavailable) {
            Log.warnf("an upload was not accepted: %s", unavailable.getMessage());
            return again(UNAVAILABLE, read.typed(), "", "unavailable", "");
        } catch (LateException late) {
            return tooLate(read.typed());
        } catch (PolicyChangedException changed) {
            Log.infof("an upload was not accepted: %s", changed.getMessage());
            return again(UNAVAILABLE, read.typed(), "", "policy_changed", "");
        } catch (InDoubtException doubt) {
            Log.warnf(doubt, "an upload may have been accepted as delivery %s", files.delivery());
            return again(UNAVAILABLE, read.typed(), "", "unsure", "");
        } catch (IOException broken) {
            var cause = body.failure() == null ? broken : body.failure();
            if (cause instanceof RequestBody.TooLargeException) {
                return tooLarge(read.typed());
            }
            if (cause instanceof RequestBody.LateException) {
                return tooLate(read.typed());
            }
            Log.infof("an upload broke off after %d files: %s", files.files().size(), cause.getMessage());
            return again(BAD_REQUEST, read.typed(), "", "incomplete", "");
        }
    }

    private Response answer(Intake intake, Typed typed, ReceivedFiles files) {
        return switch (intake) {
            case Intake.Accepted(var delivery, _) -> {
                Log.infof("accepted delivery %s from the portal, %d files", delivery, files.files().size());
                yield pages.seeOther("/sent/" + delivery);
            }
            case Intake.Repeated(var delivery) -> repeated(delivery);
            case Intake.Deferred _ -> throw new IllegalStateException("nothing stays in what comes from the portal");
            case Intake.Refused(var rule, var objection, var find) -> switch (objection) {
                case ATTACHMENTS, SIGNED, ENCRYPTED, UNSCANNED -> again(UNPROCESSABLE, typed, "recipients", "refused", rule);
                case INFECTED -> again(UNPROCESSABLE, typed, "files", "infected", find);
                case PASSWORD_PROTECTED -> again(UNPROCESSABLE, typed, "files", "password_protected", rule);
                case UNKNOWN_PROTECTION -> again(UNPROCESSABLE, typed, "files", "unknown_protection", rule);
            };
        };
    }

    private Response repeated(UUID delivery) {
        Log.infof("a form came again that delivery %s was made of", delivery);
        return pages.seeOther("/sent/" + delivery, "good.sent_before", 1);
    }

    private Response tooLate(Typed typed) {
        return again(UNPROCESSABLE, typed, "files", "too_late", Long.toString(Math.max(1, sending.longest().toHours())));
    }

    private Response tooLarge(Typed typed) {
        return again(TOO_LARGE, typed, "files", "too_big", pages.page().size(config.maxOctets().asLongValue()));
    }

    private Response again(int status, Typed typed, String field, String key, String value) {
        return form.show(status, typed, List.of(new Wrong(field, key, value)));
    }
}
