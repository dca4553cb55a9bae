/**
 * Reads TNEF, the {@code winmail.dat} of Outlook and Exchange (MS-OXTNEF), while it streams by and in constant memory: what
 * files are in it, under which names, and the body that Outlook would show. Read {@link sekisho.mailhook.mime.tnef.TnefWalker} first.
 */
@NullMarked
package sekisho.mailhook.mime.tnef;

import org.jspecify.annotations.NullMarked;
