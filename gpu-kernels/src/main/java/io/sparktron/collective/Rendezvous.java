package io.sparktron.collective;

import java.util.List;

/**
 * How ranks that know nothing of each other exchange a few short strings before a transport exists: Spark's barrier all-gather
 * inside a job, an exchanger between threads in a test. Slow (about a second under Spark): never used inside a step.
 */
public interface Rendezvous {
    int rank();

    int size();

    /** Every rank's message, by rank. Blocks until all have called. */
    List<String> allGather(String message);
}
