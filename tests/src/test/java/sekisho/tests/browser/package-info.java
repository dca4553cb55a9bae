/**
 * People's stories in a real browser: what the sender, the recipient and the responder see and do. Read
 * {@link sekisho.tests.browser.SenderStoryTest} first. What the pages looked like is in {@code tests/target/artefacts/pages}.
 */
@NullMarked
package sekisho.tests.browser;

import org.jspecify.annotations.NullMarked;
