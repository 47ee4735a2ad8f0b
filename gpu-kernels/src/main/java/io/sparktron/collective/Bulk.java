package io.sparktron.collective;

/** Moves operands that are too large for a step, after a step in which all ranks agreed on the request. */
interface Bulk {
    /**
     * Does the collective.
     *
     * @return false, on all ranks alike and with nothing done, if some rank's operand cannot be reached as it must be
     */
    boolean exchange(Collective operation, Request request);
}
