package io.sparktron.collective;

/**
 * What a connection is for.
 *
 * @param from the rank that connects
 * @param to the rank that it connects to
 */
record Way(int from, int to, Use use) {
    /** What goes over it. */
    enum Use {
        DATA,
        SIGNALS
    }
}
