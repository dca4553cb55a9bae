package sekisho.mailhook.mime;

/** Finds lines that begin with two dashes, looking at one octet in three. */
final class LineStarts {

    private LineStarts() {
    }

    /**
     * The first place at or after {@code scan} where two dashes follow a CR or LF that lies at or after {@code begin}.
     *
     * @return −1 when there is none before {@code end}
     */
    static int dashes(byte[] b, int begin, int scan, int end) {
        int i = Math.max(scan, begin + 1) + 1;   // the place of the second dash
        while (i < end) {
            byte c = b[i];
            if (c == '-') {
                if (b[i - 1] != '-') {
                    i++;
                } else if (i - 2 >= begin && (b[i - 2] == '\n' || b[i - 2] == '\r')) {
                    return i - 1;
                } else {
                    i += 1;
                }
            } else if (c == '\n' || c == '\r') {
                i += 2;
            } else {
                i += 3;
            }
        }
        return -1;
    }

    /** From where the window must be kept because a delimiter, with the line end before it, may begin there. */
    static int heldBack(byte[] b, int begin, int end) {
        int at = end;
        if (at > begin && b[at - 1] == '-') {
            at--;
        }
        if (at == begin || b[at - 1] != '\n' && b[at - 1] != '\r') {
            return end;
        }
        at--;
        return b[at] == '\n' && at > begin && b[at - 1] == '\r' ? at - 1 : at;
    }
}
