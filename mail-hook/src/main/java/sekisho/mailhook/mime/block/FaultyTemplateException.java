package sekisho.mailhook.mime.block;

/** A template that must not be used: the start stops. The message names file and line and says what to do. */
public final class FaultyTemplateException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    FaultyTemplateException(String file, int line, String what) {
        super(file + ", line " + line + ": " + what);
    }

    FaultyTemplateException(String file, String what) {
        super(file + ": " + what);
    }
}
