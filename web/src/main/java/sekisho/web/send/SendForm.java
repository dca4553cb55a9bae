package sekisho.web.send;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sekisho.gateway.files.Vault;
import sekisho.pages.Page;
import sekisho.pages.Pages;
import sekisho.pages.SignedIn;

/**
 * The form that sends files: a POST of {@code multipart/form-data} to {@code /send} with the parts {@code form}, {@code recipients},
 * {@code subject}, {@code message}, and last {@code files}, any number of them. The texts come first, so that whoever reads the request
 * as a stream knows them before the first file.
 *
 * <p>{@code form} is a one-time id: what is sent with one becomes one delivery of its sender, however often it is sent. We make one up for
 * each form that is shown, and keep it when the form is shown again. An id counts for one sender only, so one that somebody made up, or
 * saw elsewhere, does nothing to anybody else. A request without one, from a program that keeps count by itself, is a delivery each time.
 */
@ApplicationScoped
public class SendForm {

    private static final int ID_OCTETS = 16;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");
    private static final SecureRandom RANDOM = new SecureRandom();
    /** What a script counts exactly: no file is larger. */
    private static final long MOST_EXACT = 1L << 53;

    private final Pages pages;
    private final SignedIn signedIn;
    private final Vault vault;

    SendForm(Pages pages, SignedIn signedIn, Vault vault) {
        this.vault = vault;
        this.pages = pages;
        this.signedIn = signedIn;
    }

    /**
     * What somebody typed.
     *
     * @param form       the form's id, as it came; empty when none came
     * @param recipients addresses, divided by commas, semicolons, spaces or line breaks
     */
    public record Typed(String form, String recipients, String subject, String message) {
        public static final Typed NOTHING = new Typed("", "", "", "");

        /** Whether the form's id may be one of ours. */
        public boolean hasId() {
            return ID.matcher(form).matches();
        }

        private Typed withId() {
            return hasId() ? this : new Typed(newId(), recipients, subject, message);
        }
    }

    private static String newId() {
        var octets = new byte[ID_OCTETS];
        RANDOM.nextBytes(octets);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }

    /**
     * What is wrong with it.
     *
     * @param field {@code recipients}, {@code subject}, {@code message} or {@code files}; empty for the whole
     * @param key   key of the text below {@code send.wrong.}
     * @param value {@code {0}} of the text, such as the address that is none
     */
    public record Wrong(String field, String key, String value) {
    }

    /**
     * @param largest octets of the largest file
     * @param limited whether the store has a limit that somebody could meet
     */
    @CheckedTemplate(basePath = "send", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
    record Send(Page page, Typed typed, List<Wrong> wrong, Set<String> wrongFields, long largest, boolean limited) implements TemplateInstance {
    }

    /** The empty form. */
    public Response show() {
        return show(Response.Status.OK.getStatusCode(), Typed.NOTHING, List.of());
    }

    /**
     * The form again, with what was typed and what is wrong. The chosen files must be chosen again: browsers allow nothing else.
     *
     * @param status 400 or 422 when it can be mended, 413 when too big, 503 when trying again later may help
     */
    public Response show(int status, Typed typed, List<Wrong> wrong) {
        signedIn.person();
        long largest = vault.largestObjectOctets();
        return pages.show(status, new Send(pages.page(), typed.withId(), List.copyOf(wrong), wrong.stream().map(Wrong::field).collect(Collectors.toSet()),
            largest, largest <= MOST_EXACT));
    }
}
