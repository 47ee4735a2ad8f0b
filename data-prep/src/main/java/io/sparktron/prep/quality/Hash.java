package io.sparktron.prep.quality;

/**
 * A 64-bit hash of characters, one after the other. Two different words or lines of a text share one with a probability of n^2 / 2^65 for n different ones: 10^-7
 * in a text of a million.
 */
final class Hash {
    static final long START = 0xCBF29CE484222325L;

    private Hash() {}

    /** {@code hash} with one more character. */
    static long with(long hash, int character) {
        return (hash ^ character) * 0x9FB21C651E98DF25L;
    }

    /** The characters from {@code from} to {@code to}. */
    static long of(String text, int from, int to) {
        long hash = START;
        for (int i = from; i < to; i++) {
            hash = with(hash, text.charAt(i));
        }
        return finished(hash);
    }

    /** {@code hash} after its last character, every bit of it dependent on all. */
    static long finished(long hash) {
        long mixed = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 32);
    }
}
