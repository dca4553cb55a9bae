package sekisho.pages;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The languages of the pages. */
public enum Language {
    JA(Locale.JAPAN), EN(Locale.ENGLISH);

    /** Cookie that holds the choice of somebody who used the switch. */
    static final String COOKIE = "sekisho_lang";
    private static final int LONGEST_HEADER = 400;

    private final Locale locale;

    Language(Locale locale) {
        this.locale = locale;
    }

    public Locale locale() {
        return locale;
    }

    /** The tag of BCP 47, {@code ja} or {@code en}. */
    public String tag() {
        return locale.getLanguage();
    }

    /** The language that the switch offers. */
    public Language other() {
        return this == JA ? EN : JA;
    }

    /** The language with this tag. */
    public static Optional<Language> of(@Nullable String tag) {
        return List.of(values()).stream().filter(language -> language.tag().equals(tag)).findFirst();
    }

    /**
     * The chosen language; else the first that the browser prefers (RFC 9110 §12.5.4); else Japanese when it says nothing, and English
     * when it prefers others.
     */
    public static Language choose(@Nullable String cookie, @Nullable String acceptLanguage) {
        return of(cookie).orElseGet(() -> acceptLanguage == null || acceptLanguage.isBlank() ? JA : preferred(acceptLanguage));
    }

    private static Language preferred(String acceptLanguage) {
        if (acceptLanguage.length() > LONGEST_HEADER) {
            return EN;
        }
        try {
            return Locale.LanguageRange.parse(acceptLanguage).stream()
                .filter(range -> range.getWeight() > 0)
                .flatMap(range -> of(range.getRange().split("-", 2)[0]).stream())
                .findFirst().orElse(EN);
        } catch (IllegalArgumentException malformed) {
            return EN;
        }
    }
}
