package sekisho.pages;

import java.time.Instant;
import java.time.ZoneId;

/** What texts are made with in tests: a page without a request behind it. */
public final class SamplePage {

    private SamplePage() {
    }

    public static Page of(Language language) {
        return new Page(Words.load(SamplePage.class.getClassLoader()), new Assets(), language, ZoneId.of("Asia/Tokyo"),
            Instant.parse("2026-11-22T05:03:22Z"), "/admin/log", null, null, "/admin", null);
    }
}
