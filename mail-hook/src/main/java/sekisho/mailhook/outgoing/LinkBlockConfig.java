package sekisho.mailhook.outgoing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import sekisho.mailhook.mime.block.LinkNotice;
import sekisho.mailhook.mime.rewrite.Place;

/** What stands in a message in place of its attachments. See {@code docs/link-block.md}. */
@ConfigMapping(prefix = "mail-hook.link-block")
public interface LinkBlockConfig {

    /** {@code top}, {@code bottom} or {@code before-signature}: above a line {@code "-- "} or what mail programs mark as one, else on top. */
    @WithDefault("top")
    Place place();

    /** What is told of the files before signing in: {@code list} (names and sizes) or {@code count}. */
    @WithDefault("list")
    LinkNotice.Names names();

    /** Zone that times are shown in, in link blocks and in notices to senders: {@code Asia/Tokyo}, {@code Europe/Berlin}, {@code UTC}. */
    @WithDefault("Asia/Tokyo")
    String zone();

    /** Folder with templates of your own; those it lacks are ours. */
    Optional<Path> templates();

    /** The same for one sender domain; what is not set there is as for all. */
    Map<String, Domain> domain();

    /** One sender domain. */
    interface Domain {
        /** Where the block stands. */
        Optional<Place> place();

        /** What is told of the files. */
        Optional<LinkNotice.Names> names();

        /** Zone that times are shown in. */
        Optional<String> zone();

        /** Folder with templates. */
        Optional<Path> templates();
    }
}
