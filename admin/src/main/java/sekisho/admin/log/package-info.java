/** What an auditor reads: the log as it was written. Read {@link sekisho.admin.log.LogPage} first. */
@NullMarked
package sekisho.admin.log;

import org.jspecify.annotations.NullMarked;
