package sekisho.tests;

/** The addresses of people whom the identity provider knows, by their first names. */
public final class People {

    /** At the company, who may send. */
    public static final String HANAKO = "hanako@example.co.jp";
    /** At the company, who may send. */
    public static final String ICHIRO = "ichiro@example.co.jp";
    /** At a partner. */
    public static final String TARO = "taro@partner.example";
    /** At another company. */
    public static final String JIRO = "jiro@other.example";

    private People() {
    }
}
