package io.sparktron.preflight;

/** Numbers of things for people. */
final class Counts {
    private Counts() {}

    /** Such as {@code 1 rank} or {@code 3 ranks}. */
    static String of(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
