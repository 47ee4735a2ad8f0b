package io.sparktron.collective;

/** On which hosts the ranks of a test count as running: all of them are on this one, and reach each other on its loopback address. */
enum Placement {
    /** All on one host: shared memory. */
    TOGETHER,
    /** Each on a host of its own: TCP. */
    APART,
    /** Two by two: 3 ranks as 2 + 1, 4 as 2 + 2. */
    PAIRS,
    /** Even ranks on one host, odd ones on another. */
    INTERLEAVED;

    Place of(int rank) {
        int host = switch (this) {
            case TOGETHER -> 0;
            case APART -> rank;
            case PAIRS -> rank / 2;
            case INTERLEAVED -> rank % 2;
        };
        return Place.of(host, "127.0.0.1");
    }
}
