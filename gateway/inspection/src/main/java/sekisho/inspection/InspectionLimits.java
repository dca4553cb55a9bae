package sekisho.inspection;

import java.time.Duration;

/**
 * How far a look into one file goes. Beyond any of these the finding is {@link Protection#UNKNOWN}, unless something protected was seen before.
 *
 * @param depth how many containers inside one another; the file itself is the first
 * @param entries in all containers together
 * @param inflatedOctets what all of them are decompressed to, together
 * @param ratio what one stream may decompress to, in multiples of what it was; counts from 1 MiB on
 * @param time for the whole look
 * @param memoryOctets for dictionaries of decompressors and for contents that are held, together
 */
public record InspectionLimits(int depth, int entries, long inflatedOctets, int ratio, Duration time, int memoryOctets) {
    public static final InspectionLimits DEFAULT =
            new InspectionLimits(5, 10_000, 1L << 30, 200, Duration.ofSeconds(10), 48 << 20);

    public InspectionLimits {
        if (depth < 1 || entries < 1 || inflatedOctets < 1 || ratio < 1 || time.isNegative() || time.isZero() || memoryOctets < 1 << 20) {
            throw new IllegalArgumentException("limits are at least 1, a time above 0, and 1 MiB of memory");
        }
    }

    /** The same, and no more time than that. @param most above 0 */
    public InspectionLimits within(Duration most) {
        return most.compareTo(time) >= 0 ? this : new InspectionLimits(depth, entries, inflatedOctets, ratio, most, memoryOctets);
    }
}
