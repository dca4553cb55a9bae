package sekisho.mailhook.outgoing;

import io.quarkus.logging.Log;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sekisho.gateway.people.EmailAddress;
import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.block.FaultyTemplateException;
import sekisho.mailhook.mime.block.LinkBlockComposer;
import sekisho.mailhook.mime.block.LinkNotice;
import sekisho.mailhook.mime.block.LinkTemplates;
import sekisho.mailhook.mime.rewrite.LinkBlock;
import sekisho.mailhook.mime.rewrite.Place;

/** Link blocks as each sender domain wants them. All templates are read and checked once, at the start. */
@Singleton
class LinkBlocks {

    private static final String KEY = "mail-hook.link-block.";

    private record Style(Place place, LinkNotice.Names names, ZoneId zone, LinkTemplates templates) {
    }

    private final Style byDefault;
    private final Map<String, Style> styles = new HashMap<>();

    /** @throws IllegalStateException that names the setting, and file and line of a template that can't be used */
    LinkBlocks(LinkBlockConfig config) {
        byDefault = new Style(config.place(), config.names(), zone(KEY + "zone", config.zone()), config.templates().map(folder -> templates(KEY + "templates", folder))
            .orElse(LinkTemplates.shipped()));
        config.domain().forEach((domain, own) -> {
            var key = KEY + "domain.\"" + domain + "\"";
            var name = EmailAddress.parse("x@" + domain).map(EmailAddress::domain).orElseThrow(() -> new IllegalStateException(key + ": not a mail domain"));
            var style = new Style(own.place().orElse(byDefault.place()), own.names().orElse(byDefault.names()), own.zone().map(zone -> zone(key + ".zone", zone)).orElse(byDefault.zone()),
                own.templates().map(folder -> templates(key + ".templates", folder)).orElse(byDefault.templates()));
            if (styles.put(name, style) != null) {
                throw new IllegalStateException(key + ": the same domain twice");
            }
        });
    }

    /** Made before anything listens, so that no mail is taken in and then left. Prints what is in force. */
    void start(@Observes @Priority(2000) StartupEvent event) {
        styles.forEach((domain, style) -> Log.infof("mail-hook.link-block.domain.%s: names=%s, place=%s, zone=%s", domain, style.names(), style.place(),
            style.zone()));
    }

    private static LinkTemplates templates(String key, Path folder) {
        try {
            return LinkTemplates.in(folder);
        } catch (FaultyTemplateException | UncheckedIOException unusable) {
            throw new IllegalStateException(key + ": " + unusable.getMessage(), unusable);
        }
    }

    private static ZoneId zone(String key, String zone) {
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException unknown) {
            throw new IllegalStateException(key + ": there is no time zone " + zone + "; they are called like Asia/Tokyo", unknown);
        }
    }

    private Style style(Optional<EmailAddress> sender) {
        return sender.map(EmailAddress::domain).map(domain -> domain.toLowerCase(Locale.ROOT)).map(styles::get).orElse(byDefault);
    }

    ZoneId zone(Optional<EmailAddress> sender) {
        return style(sender).zone();
    }

    /**
     * The block for one recipient.
     *
     * @param names what is told of the files where policy says it for this recipient; empty for what the sender's domain does
     */
    LinkBlock block(Optional<EmailAddress> sender, String company, List<LinkNotice.FileLine> files, Optional<LinkNotice.Names> names, Instant closes,
            URI url, EmailAddress recipient, Language language) {
        var style = style(sender);
        var notice = new LinkNotice(company, files, names.orElse(style.names()), closes.atZone(style.zone()), url, recipient.masked());
        return LinkBlockComposer.compose(style.templates(), notice, language, style.place());
    }
}
