package sekisho.web.download;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import sekisho.pages.Page;

/**
 * Why there is no file, in plain words.
 *
 * @param key first part of the keys of its texts, {@code .title} and {@code .text}
 */
@CheckedTemplate(basePath = "download", defaultName = CheckedTemplate.HYPHENATED_ELEMENT_NAME)
record DownloadPage(Page page, String key) implements TemplateInstance {
}
