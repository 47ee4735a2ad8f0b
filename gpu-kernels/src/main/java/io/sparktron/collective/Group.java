package io.sparktron.collective;

import java.util.stream.IntStream;

/**
 * A group of ranks as one of them sees it.
 *
 * @param id the same on all its ranks, and different from that of any other group of these
 * @param ranks its ranks, as ranks of the world
 * @param rank this one's rank in it
 */
record Group(String name, long id, int[] ranks, int rank) {
    /** Id of the group of all ranks of a world. */
    static final long WORLD = 0;

    /** All ranks of a world. */
    static Group all(String name, int rank, int size) {
        return new Group(name, WORLD, IntStream.range(0, size).toArray(), rank);
    }

    int size() {
        return ranks.length;
    }

    /**
     * A group of some of these ranks.
     *
     * @param members by rank here, in ascending order; this rank is one of them
     * @param step of this group in which it was divided
     */
    Group child(String childName, int[] members, long step, int color) {
        return new Group(
                childName,
                mix(mix(id + 1) + step) + color,
                IntStream.of(members).map(member -> ranks[member]).toArray(),
                (int) IntStream.of(members).filter(member -> member < rank).count());
    }

    /** Bijective, and every bit of the result depends on every bit of x (the finalizer of SplitMix64). */
    private static long mix(long x) {
        long y = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
        y = (y ^ y >>> 27) * 0x94d049bb133111ebL;
        return y ^ y >>> 31;
    }
}
