/**
 * Serves files to their recipients: {@code GET /download/{ticket}} with ranges and resume, decrypted while it streams, cut at once when
 * access ends. Holds the one secret that opens files. Read {@link sekisho.web.download.DownloadResource} first.
 */
@NullMarked
package sekisho.web.download;

import org.jspecify.annotations.NullMarked;
