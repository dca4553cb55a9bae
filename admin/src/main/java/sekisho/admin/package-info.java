/**
 * The console at {@code /admin} for responders, auditors and administrators: three roles that see different things, none of them
 * content. Read {@link sekisho.admin.AdminHome} first, then {@code sekisho.admin.deliveries}.
 */
@NullMarked
package sekisho.admin;

import org.jspecify.annotations.NullMarked;
