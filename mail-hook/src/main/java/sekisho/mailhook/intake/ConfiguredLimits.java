package sekisho.mailhook.intake;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Path;
import sekisho.mailhook.mime.SplitLimits;

/** What a message may cost by the configuration: {@code mail-hook.limits.*}. */
public final class ConfiguredLimits {

    private static final String PREFIX = "mail-hook.limits";
    /** Behind the environment, as in the product. */
    private static final int OF_A_FILE = 260;
    /** Larger messages say their size, which is held against the room. */
    private static final long MOST_THAT_COUNTS = 1L << 30;

    private ConfiguredLimits() {
    }

    public static SplitLimits of(MailHookConfig.Limits limits) {
        var defaults = SplitLimits.defaults();
        return new SplitLimits(Math.toIntExact(limits.header().asLongValue()), Math.toIntExact(limits.headerLine().asLongValue()),
            limits.headerFields(), limits.nesting(), limits.parts(), defaults.inlineImageOctets(), defaults.inlineImagesOctets(),
            defaults.keptPartOctets());
    }

    /** How many octets the store must have room for when a message of unknown size begins; Postfix's {@code queue_minfree} wants as much. */
    static long minFree(MailHookConfig.Limits limits) {
        return limits.minFree().map(MemorySize::asLongValue).orElseGet(() -> Math.min(limits.message().asLongValue(), MOST_THAT_COUNTS) / 2 * 3);
    }

    /**
     * Those of a runnable with this environment, for a program that isn't one.
     *
     * @param settings the runnable's {@code application.properties}
     * @throws IOException              when it can't be read
     * @throws IllegalArgumentException when a limit in it is none, or there is no such limit; the message names it
     */
    public static SplitLimits read(Path settings) throws IOException {
        try {
            var config = new SmallRyeConfigBuilder().addDiscoveredConverters().addDefaultInterceptors().addSystemSources()
                .withSources(new PropertiesConfigSource(settings.toUri().toURL(), OF_A_FILE)).withMapping(MailHookConfig.Limits.class, PREFIX).build();
            return of(config.getConfigMapping(MailHookConfig.Limits.class, PREFIX));
        } catch (IllegalArgumentException | ArithmeticException | java.util.NoSuchElementException | io.smallrye.config.ConfigValidationException wrong) {
            throw new IllegalArgumentException(settings + ": " + wrong.getMessage(), wrong);
        }
    }
}
