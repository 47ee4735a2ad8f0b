package io.sparktron.job;

import java.io.Serializable;

/**
 * The ports that a rank may listen on.
 *
 * @param first 0, with {@code last} 0, for any that the system gives
 * @param last which may be listened on too
 */
public record PortRange(int first, int last) implements Serializable {
    public static final PortRange ANY = new PortRange(0, 0);

    private static final int LAST = 65_535;

    /**
     * Of {@code 20000-20100} or {@code 20000}.
     *
     * @throws IllegalArgumentException if it is neither, or no range within 1 ... 65535
     */
    public static PortRange parse(String text) {
        String[] ends = text.split("-", 2);
        PortRange range =
                new PortRange(Integer.parseInt(ends[0].strip()), Integer.parseInt(ends[ends.length - 1].strip()));
        if (range.first < 1 || range.last < range.first || range.last > LAST) {
            throw new IllegalArgumentException(text);
        }
        return range;
    }
}
