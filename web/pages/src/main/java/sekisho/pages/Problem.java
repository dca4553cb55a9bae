package sekisho.pages;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;

/**
 * The page that says what went wrong and what to do.
 *
 * @param key       first part of the keys of its texts, {@code .title} and {@code .text}
 * @param reference number under which the log tells more; empty when there is nothing more to tell
 */
@CheckedTemplate(basePath = "pages", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
record Problem(Page page, String key, String reference) implements TemplateInstance {
}
