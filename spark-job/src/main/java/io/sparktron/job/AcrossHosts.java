package io.sparktron.job;

/** What becomes of a job some of whose groups cross hosts although their ranks should share one ({@code parallel.across-hosts}). */
public enum AcrossHosts {
    ACCEPTED,
    WARNED,
    REFUSED
}
