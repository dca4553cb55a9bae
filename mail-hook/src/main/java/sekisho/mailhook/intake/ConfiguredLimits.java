package sekisho.mailhook.intake;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import sekisho.gateway.senders.Senders;
import sekisho.gateway.senders.SendersConfig;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.smtp.SmtpLimits;

/** What a message may cost by the configuration, {@code mail-hook.limits.*}, and for who tries messages whose it may be. */
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

    /** What a listener bears, all with the same. */
    static SmtpLimits smtp(MailHookConfig.Limits limits) {
        return new SmtpLimits(limits.message().asLongValue(), limits.commandLineOctets(), Math.toIntExact(limits.line().asLongValue()),
            limits.recipients(), limits.connections(), limits.connectionsPerClient(), limits.idle(), limits.total(), limits.errors(),
            limits.transactions());
    }

    /** How many octets the store must have room for when a message of unknown size begins; Postfix's {@code queue_minfree} wants as much. */
    static long minFree(MailHookConfig.Limits limits) {
        return limits.minFree().map(MemorySize::asLongValue).orElseGet(() -> Math.min(limits.message().asLongValue(), MOST_THAT_COUNTS) / 2 * 3);
    }

    /** As {@link MessageLimits#defaults}. */
    static MessageLimits defaults() {
        return messages(new SmallRyeConfigBuilder().addDiscoveredConverters());
    }

    /** As {@link MessageLimits#read}. */
    static MessageLimits read(Path settings) throws IOException {
        return read(settings, ConfiguredLimits::messages);
    }

    /** As {@link MessageLimits#senders}. */
    static Senders senders(Path settings) throws IOException {
        return read(settings, sources -> new Senders(sources.withMapping(SendersConfig.class).build().getConfigMapping(SendersConfig.class).domains()
            .orElse(List.of())));
    }

    private static <T> T read(Path settings, Function<SmallRyeConfigBuilder, T> reading) throws IOException {
        try {
            return reading.apply(new SmallRyeConfigBuilder().addDiscoveredConverters().addDefaultInterceptors().addSystemSources()
                .withSources(new PropertiesConfigSource(settings.toUri().toURL(), OF_A_FILE)));
        } catch (IllegalArgumentException | ArithmeticException | java.util.NoSuchElementException | io.smallrye.config.ConfigValidationException wrong) {
            throw new IllegalArgumentException(settings + ": " + wrong.getMessage(), wrong);
        }
    }

    private static MessageLimits messages(SmallRyeConfigBuilder sources) {
        var limits = sources.withMapping(MailHookConfig.Limits.class, PREFIX).build().getConfigMapping(MailHookConfig.Limits.class, PREFIX);
        return new MessageLimits(smtp(limits), limits.hops(), of(limits));
    }
}
