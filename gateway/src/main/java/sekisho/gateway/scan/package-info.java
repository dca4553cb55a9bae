/**
 * Scanning again what the malware scanner could not read when it came in, and what comes of it. Read {@link sekisho.gateway.scan.Rescans} first.
 */
@NullMarked
package sekisho.gateway.scan;

import org.jspecify.annotations.NullMarked;
