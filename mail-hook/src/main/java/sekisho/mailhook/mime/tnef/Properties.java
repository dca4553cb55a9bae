package sekisho.mailhook.mime.tnef;

import java.io.IOException;

/**
 * The MAPI properties of a message or an attachment (MS-OXTNEF §2.1.3.5), value by value.
 *
 * <pre>
 *   count(4)  then for each property
 *   type(2) id(2)  [set(16) kind(4)  number(4) | length(4) name, padded]   for named ones, id 0x8000 and above
 *   value                                          of a fixed size, padded to 4
 *   count(4)  values                               of a fixed size, type + 0x1000
 *   count(4)  then length(4) value, padded         of any size
 * </pre>
 */
final class Properties extends Fields {

    static final int STRING8 = 0x1E;
    static final int UNICODE = 0x1F;
    static final int OBJECT = 0x0D;
    static final int BINARY = 0x102;
    private static final int MULTIPLE = 0x1000;
    private static final int FIRST_NAMED = 0x8000;

    /** Takes the values that interest it. */
    interface Values {
        /** A value of any size begins; fixed ones aren't told. */
        void begin(int id, int type, long length) throws IOException;

        void octets(byte[] b, int off, int len) throws IOException;

        void end() throws IOException;
    }

    private enum Step { COUNT, TAG, NAME_SET, NAME_NUMBER, NAME_LENGTH, NAME, FIXED_COUNT, FIXED, VALUE_COUNT, VALUE_LENGTH, VALUE, PADDING, DONE }

    private final Values values;
    private Step step = Step.COUNT;
    private long left;
    private long valuesLeft;
    private int id;
    private int type;
    private int padding;

    Properties(Values values) {
        this.values = values;
        want(4);
    }

    /** Whether all properties came, and nothing behind them. */
    boolean isComplete() {
        return step == Step.DONE && !isBroken();
    }

    @Override
    void field(byte[] f) throws IOException {
        switch (step) {
            case COUNT -> {
                left = u32(f, 0);
                next();
            }
            case TAG -> {
                type = u16(f, 0);
                id = u16(f, 2);
                if (id >= FIRST_NAMED) {
                    step = Step.NAME_SET;
                    want(20);
                } else {
                    value();
                }
            }
            case NAME_SET -> {
                step = u32(f, 16) == 0 ? Step.NAME_NUMBER : Step.NAME_LENGTH;
                want(4);
            }
            case NAME_NUMBER -> value();
            case NAME_LENGTH -> {
                step = Step.NAME;
                pass(u32(f, 0) + 3 & ~3L);
            }
            case FIXED_COUNT -> {
                step = Step.FIXED;
                pass(u32(f, 0) * fixedSize(type & ~MULTIPLE));
            }
            case VALUE_COUNT -> {
                valuesLeft = u32(f, 0);
                nextValue();
            }
            case VALUE_LENGTH -> {
                long length = u32(f, 0);
                padding = (int) (-length & 3);
                step = Step.VALUE;
                values.begin(id, type & ~MULTIPLE, length);
                pass(length);
            }
            case NAME, FIXED, VALUE, PADDING, DONE -> breakOff();   // something behind the last property
        }
    }

    private void next() {
        if (left-- > 0) {
            step = Step.TAG;
            want(4);
        } else {
            step = Step.DONE;
            want(1);
        }
    }

    private void value() {
        int single = type & ~MULTIPLE;
        if (single == STRING8 || single == UNICODE || single == OBJECT || single == BINARY) {
            step = Step.VALUE_COUNT;
            want(4);
        } else if (fixedSize(single) == 0) {
            breakOff();
        } else if (single == type) {
            step = Step.FIXED;
            pass(fixedSize(single));
        } else {
            step = Step.FIXED_COUNT;
            want(4);
        }
    }

    private void nextValue() {
        if (valuesLeft-- > 0) {
            step = Step.VALUE_LENGTH;
            want(4);
        } else {
            next();
        }
    }

    /** With padding; 0 for a type that doesn't exist. */
    private static int fixedSize(int type) {
        return switch (type) {
            case 0x00, 0x01, 0x02, 0x03, 0x04, 0x0A, 0x0B -> 4;
            case 0x05, 0x06, 0x07, 0x14, 0x40 -> 8;
            case 0x48 -> 16;
            default -> 0;
        };
    }

    @Override
    void octets(byte[] b, int off, int len) throws IOException {
        if (step == Step.VALUE) {
            values.octets(b, off, len);
        }
    }

    @Override
    void passed() throws IOException {
        switch (step) {
            case NAME -> value();
            case FIXED -> next();
            case VALUE -> {
                values.end();
                step = Step.PADDING;
                pass(padding);
            }
            case PADDING -> nextValue();
            case COUNT, TAG, NAME_SET, NAME_NUMBER, NAME_LENGTH, FIXED_COUNT, VALUE_COUNT, VALUE_LENGTH, DONE -> breakOff();
        }
    }
}
