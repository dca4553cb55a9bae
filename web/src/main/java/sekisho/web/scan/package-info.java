/**
 * Has files scanned again that the malware scanner couldn't read when they came in: only here they can be opened. Read
 * {@link sekisho.web.scan.ScanTimer} first.
 */
@NullMarked
package sekisho.web.scan;

import org.jspecify.annotations.NullMarked;
