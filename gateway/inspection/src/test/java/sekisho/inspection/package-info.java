/** Looks into files that real tools made, and into hostile ones of our own. Read {@link sekisho.inspection.RealFilesTest} first. */
@NullMarked
package sekisho.inspection;

import org.jspecify.annotations.NullMarked;
