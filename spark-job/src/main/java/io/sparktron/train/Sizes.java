package io.sparktron.train;

import java.util.Locale;

/** Numbers of bytes for people, and for Spark's settings. */
public final class Sizes {
    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Sizes() {}

    /** Such as {@code 1.5 GiB}. */
    public static String of(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }

    /** The next whole number of MiB or GiB, as Spark reads it: {@code 600m}, {@code 3g}. */
    public static String setting(long bytes) {
        long mebibytes = (bytes + (1 << 20) - 1) >> 20;
        return mebibytes < 1 << 10 ? mebibytes + "m" : (mebibytes + (1 << 10) - 1 >> 10) + "g";
    }
}
