package io.sparktron.job;

/** What becomes of a job some of whose groups cross hosts although their ranks should share one ({@code parallel.across-hosts}). */
public enum AcrossHosts {
    ACCEPTED,
    /** Nobody said: refused on GPUs, which would wait for the network in every layer. */
    WARNED,
    REFUSED;

    boolean refuses(boolean onGpus) {
        return this == REFUSED || this == WARNED && onGpus;
    }
}
