package sekisho.demo;

/** What a newcomer is told when the demo runs. */
final class DemoGuide {
    private DemoGuide() {}

    static String text(Ports ports) {
        return """

                Sekisho runs. Hanako (example.co.jp) has just sent a message with two attachments to Taro (partner.example)
                and Jiro (other.example). It is held for 2 minutes: be quick, or send another.

                  Hanako's deliveries   %1$s/
                  Demo mailbox          %2$s/    what arrived, for everybody
                  Administration        %1$s/admin
                  Sign in with the user name as password: hanako, ichiro (senders), taro, jiro, mallory (strangers),
                  responder, auditor, admin. Use a private window for each person.

                Try this:
                  1. As hanako: see the message held, with its recipients and files. Cancel Jiro. Send now.
                  2. In the mailbox: the notice to Hanako, and Taro's message, with a link instead of the files. Jiro has none.
                  3. Open Taro's link as taro: download. As mallory: you only learn that the link is for somebody else.
                     As eve, whose address is Taro's but was never proven: Keycloak doesn't let her in.
                  4. As hanako: revoke. As taro: the second download is refused, and the page says why.
                  5. As responder at /admin: find the delivery; who got which bytes. As auditor: the audit trail.
                  6. Send your own: swaks --server 127.0.0.1:%3$d --from hanako@example.co.jp --to you@partner.example --attach @FILE
                     A stranger with no account registers at the sign-in; the proof arrives in the demo mailbox.
                  7. ./sekisho audit verify recomputes the audit log.

                  ./sekisho status   ./sekisho logs all   ./sekisho stop   ./sekisho reset
                """.formatted(ports.webUrl(), ports.mailboxUrl(), ports.smtp());
    }
}
