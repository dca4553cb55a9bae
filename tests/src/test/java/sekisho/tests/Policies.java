package sekisho.tests;

/** Policies that tests share. What no rule says is built in: outsiders get a link. */
public final class Policies {

    /** Everything leaves at once. */
    public static final String AT_ONCE = """
        inside: [example.co.jp]
        rules:
          - name: at once
            then: { hold: none }
        """;

    /** Attachments for {@code @rival.example} are refused; all else leaves at once. */
    public static final String NOTHING_TO_RIVALS = """
        inside: [example.co.jp]
        rules:
          - name: rivals get nothing
            when: { recipient: "@rival.example", attachments: present }
            then: { attachments: refuse }
          - name: at once
            then: { hold: none }
        """;

    private Policies() {
    }
}
