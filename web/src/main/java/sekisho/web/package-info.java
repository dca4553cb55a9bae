/**
 * What recipients and senders see and do over HTTPS. Each package is one subject; {@link sekisho.web.link} is where strangers arrive.
 */
@NullMarked
package sekisho.web;

import org.jspecify.annotations.NullMarked;
