/**
 * Sessions that were ended before their time. Read {@link sekisho.gateway.session.SignOuts}.
 */
@NullMarked
package sekisho.gateway.session;

import org.jspecify.annotations.NullMarked;
