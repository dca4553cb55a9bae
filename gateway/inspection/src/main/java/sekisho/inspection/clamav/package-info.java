/** A client of ClamAV's daemon, clamd: octets go to it while they stream by, its verdict comes back. Read {@link sekisho.inspection.clamav.ClamdScanner} first. */
@NullMarked
package sekisho.inspection.clamav;

import org.jspecify.annotations.NullMarked;
