/**
 * A mailbox for the demo and for tests: takes every message over SMTP, as the smart host of the world outside, and shows what arrived on a web page and
 * as JSON. Read {@link sekisho.demo.mailbox.DemoMailbox} first. It listens on 127.0.0.1 only and is no part of the product: whoever reaches its
 * page reads everybody's mail.
 */
@NullMarked
package sekisho.demo.mailbox;

import org.jspecify.annotations.NullMarked;
